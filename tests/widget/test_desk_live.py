"""An inbox that cannot lie, in real Chromium and in simulated weather; the tests are widget/tests/desk-live.mjs and
desk-freshness.mjs.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest
from widget.conftest import SIGN_IN
from widget.desk_of_script import desk_of_script, held_request

Node = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The desk's address, and the reference of a request on hold."""
    with desk_of_script(tmp_path_factory.mktemp("desk")) as (url, store):
        yield url, held_request(store)


def test_hours_of_weather_with_random_troubles(node: Node) -> None:
    done = node("--test", "--test-reporter=spec", "tests/desk-freshness.mjs", HOURS="8", SEEDS="2")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("part", ["desk-live.mjs", "desk-phone.mjs"])
def test_the_desk_in_the_browser(node: Node, chromium: str, desk: tuple[str, str], part: str) -> None:
    url, held = desk
    found = {"GATEWAY": url, "HELD": held, "CHROMIUM": chromium, **SIGN_IN}
    done = node("--test", "--test-reporter=spec", f"tests/{part}", **found)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
