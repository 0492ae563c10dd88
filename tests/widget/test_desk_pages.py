"""Every page and state of the desk in real Chromium: the test itself is widget/tests/desk-pages.mjs.

Each in one size and colour scheme, in rotation; with LAMOON_TEST_FULL=1 in all, and a desk with nothing in it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Route
from widget.conftest import SIGN_IN
from widget.desk_of_script import desk_of_script
from widget.filled_desk import fill

from lamoon.desk.routes import ROUTES
from lamoon.studio.edit import SECTIONS

Node = Callable[..., subprocess.CompletedProcess[str]]
AT_ONCE = 30
Look = Callable[[str, dict[str, str]], None]

NO_PAGES = {
    "/desk",  # leads on
    *("/desk/manifest.webmanifest", "/desk/worker.js", "/desk/live", "/desk/live/state"),
    *("/desk/tests/{name}.yml", "/desk/figures/{table}.csv"),
}
FILLED = {
    "/desk/inbox": ["", "?who=me", "?channel=telegram", "?q=maria", "?q=nobody-of-this-name"],
    "/desk/inbox/requests": ["", "?status=held", "?status=undelivered"],
    "/desk/inbox/requests/by/{span}": ["day", "day?day={tomorrow}", "week?day={tomorrow}"],
    "/desk/inbox/conversation/{conversation_id}": [
        *("{conversation_calm}", "{conversation_waiting}", "{conversation_taken}", "{conversation_emergency}"),
        *("{conversation_held}", "gone"),
    ],
    "/desk/inbox/requests/{reference}": [
        *("{request_new}", "{request_held}", "{request_seen}", "{request_confirmed}", "{request_proposed}"),
        *("{request_declined}", "{request_cancelled}", "{request_done}", "LM-NONE"),
    ],
    "/desk/inbox/requests/{reference}/health-form": ["{request_new}/health-form"],
    "/desk/people/{of}": ["{conversation_waiting}", "{conversation_calm}", "nobody"],
    "/desk/tests/from/{conversation_id}": ["{conversation_calm}"],
    "/desk/welcome/{token}": ["{welcome}", "void"],
    "/desk/settings/{section:str}": [*SECTIONS],
    "/desk/{rest:path}": ["nowhere"],
    "/desk/teach/edit": ["?kind=question"],
}
"""What the addresses with a parameter are filled with, and further states of the others."""


def addresses(routes: list[BaseRoute], found: dict[str, str]) -> dict[str, str]:
    """The address of each page and state, by a short name."""
    named = {}
    for route in routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or route.path in NO_PAGES:
            continue
        fixed = route.path.partition("{")[0]
        for ending in FILLED.get(route.path, [""]):
            assert ending or "{" not in route.path, f"{route.path}: FILLED has to name what it is filled with"
            name = f"{fixed}{ending}".removeprefix("/desk/").translate(str.maketrans("/?=&", "----", "{}"))
            named[name.strip("-")] = fixed + ending.format(**found)
    return named


@pytest.fixture(scope="module")
def look(node: Node, chromium: str) -> Look:
    """Walks through pages at the address of a gateway."""

    def walk(url: str, pages: dict[str, str]) -> None:
        names = [*pages]
        for first in range(0, len(names), AT_ONCE):
            some = {name: pages[name] for name in names[first : first + AT_ONCE]}
            found = {"GATEWAY": url, "PAGES": json.dumps(some), "CHROMIUM": chromium, **SIGN_IN}
            done = node("--test", "--test-reporter=spec", "tests/desk-pages.mjs", **found)
            assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    return walk


def test_every_page_of_a_desk_fits_and_reads_well(look: Look, tmp_path: Path) -> None:
    with desk_of_script(tmp_path) as (url, store):
        look(url, addresses(ROUTES, fill(url, store)))


@pytest.mark.skipif(
    not os.environ.get("LAMOON_TEST_FULL"), reason="LAMOON_TEST_FULL=1 walks through an empty desk, too"
)
def test_every_page_of_a_new_desk_fits_and_reads_well(look: Look, tmp_path: Path) -> None:
    whole = [route for route in ROUTES if "{" not in getattr(route, "path", "")]
    with desk_of_script(tmp_path) as (url, _):
        look(url, {f"empty-{name}": path for name, path in addresses(whole, {}).items()})
