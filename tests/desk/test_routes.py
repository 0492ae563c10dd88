"""Every address of the desk is guarded, whoever adds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from web.fixtures import Front
from web.serving import Serving

from desk.conftest import DeskOf, DeskVisitor
from lamoon.desk import routes, words
from lamoon.desk.request import POLICY, SIGN_IN
from lamoon.web.app import make_app

OPEN = {
    *(("GET", SIGN_IN), ("POST", SIGN_IN), ("GET", "/desk/manifest.webmanifest"), ("GET", "/desk/worker.js")),
    *(("GET", "/desk/welcome/7"), ("POST", "/desk/welcome/7")),
}
"""All that somebody may do who is not signed in, besides reading styles and scripts."""
OWNERS = ("/desk/data", "/desk/settings", "/desk/start")
"""What only an owner may open or do: these addresses and all below."""


def guarded(app_routes: list[BaseRoute]) -> list[tuple[str, str]]:
    """Method and address of every route of the desk, numbers and names filled in."""
    found = []
    for route in app_routes:
        path = getattr(route, "path", "")
        if not path.startswith("/desk") or (isinstance(route, Mount) and path == "/desk/static"):
            continue
        assert isinstance(route, Route), f"{path} is not made with page or action"
        filled = path
        for name, convertor in route.param_convertors.items():
            filled = filled.replace(f"{{{name}:{kind(convertor)}}}", "7").replace(f"{{{name}}}", "7")
        found += [(method, filled) for method in sorted((route.methods or set()) - {"HEAD"})]
    return [address for address in found if address not in OPEN]


def kind(convertor: object) -> str:
    """What stands behind the colon of a path's parameter."""
    return {"PathConvertor": "path", "IntegerConvertor": "int", "UUIDConvertor": "uuid", "FloatConvertor": "float"}.get(
        type(convertor).__name__, "str"
    )


def holes(front: Front, signed_in: DeskVisitor, other: DeskVisitor, app_routes: list[BaseRoute]) -> list[str]:
    """What somebody may do at the desk who should not."""
    found = []
    nobody = httpx.Client(base_url=front.url, trust_env=False)
    before = contents(front.settings.data)
    for method, path in guarded(app_routes):
        out = nobody.request(method, path)
        if (out.status_code, out.headers.get("location", "").partition("?")[0]) != (303, SIGN_IN):
            found.append(f"{method} {path}: signed out: {out.status_code}")
        if method != "GET":
            for csrf in ("", other.csrf, "0" * 64):
                answer = signed_in.http.request(method, path, data={"csrf": csrf})
                if answer.status_code != 403:
                    found.append(f"{method} {path}: with the token {csrf[:6]!r}: {answer.status_code}")
        if contents(front.settings.data) != before:
            found.append(f"{method} {path}: something was changed")
            before = contents(front.settings.data)
    nobody.close()
    return found


def contents(data: Path) -> dict[str, Any]:
    """All rows of the database; of sessions not when they were used last."""
    with closing(sqlite3.connect(data / "lamoon.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {"desk_sessions": "id, staff_id"}
        return {name: connection.execute(f"SELECT {columns.get(name, '*')} FROM {name}").fetchall() for name in tables}


def test_nobody_gets_past_the_guard(desk: DeskOf) -> None:
    assert len(guarded(routes.ROUTES)) > 3
    assert holes(desk.front, desk.owner, desk.staff, routes.ROUTES) == []


def test_what_is_for_owners_is_refused_to_staff(desk: DeskOf) -> None:
    before = contents(desk.front.settings.data)
    for method, path in guarded(routes.ROUTES):
        if path.startswith(OWNERS):
            answer = desk.staff.get(path) if method == "GET" else desk.staff.post(path)
            assert answer.status_code == 403, f"{method} {path}"
            assert "Only an owner" in answer.text
    assert contents(desk.front.settings.data) == before


def test_every_answer_has_the_strict_policy(desk: DeskOf) -> None:
    pages = [path for method, path in guarded(routes.ROUTES) if method == "GET"]
    for visitor, path in [(who, path) for path in (*pages, SIGN_IN) for who in (desk.owner, desk.staff)]:
        with visitor.http.stream("GET", path) as answer:  # some never end
            assert answer.status_code < 500, path
        assert answer.headers["content-security-policy"] == POLICY, path
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-frame-options"] == "DENY", path
    assert "unsafe" not in POLICY


async def careless(_: Request) -> Response:
    """What somebody might add in a hurry."""
    return PlainTextResponse("secrets")


@pytest.fixture
def leaking(front: Front, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """The same gateway with two routes that nobody guards."""
    bare = [Route("/desk/leak", careless), Route("/desk/leak/{id:int}", careless, methods=["POST"])]
    monkeypatch.setattr(routes, "ROUTES", [*bare, *routes.ROUTES])
    app = make_app(front.settings)
    with Serving(app) as serving:
        yield Front(serving.url, app.state.services, app.state.channels, app.state.desk, front.rasa, front.settings)


def test_a_route_without_the_guard_is_found(leaking: Front) -> None:
    leaking.desk.accounts.add("Ann", "correct horse battery", "owner")
    ann, also_ann = (DeskVisitor(leaking.url, "Ann") for _ in range(2))
    assert {hole.partition(": ")[0] for hole in holes(leaking, ann, also_ann, routes.ROUTES)} == {
        "GET /desk/leak",
        "POST /desk/leak/7",
    }


def test_a_mounted_application_is_found(front: Front) -> None:
    with pytest.raises(AssertionError, match="not made with page or action"):
        guarded([Mount("/desk/other", routes=[])])


def test_a_page_says_what_was_done_to_nobody_else(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    visitor.ask("hi")
    place = desk.staff.post(f"/desk/inbox/conversation/{visitor.conversation}/take", seen="").headers["location"]
    assert words.TAKEN in desk.staff.get(place).text
    assert words.TAKEN not in desk.owner.get(place).text


@pytest.mark.parametrize("said", ["Call 555 0100 to be paid", "", "Sent.", "IlNlbnQuIg.AAAA", "%00"])
def test_a_link_does_not_make_the_desk_say_something(desk: DeskOf, said: str) -> None:
    page = desk.staff.get("/desk/inbox", done=said)
    assert page.status_code == 200
    assert 'class="done"' not in page.text
