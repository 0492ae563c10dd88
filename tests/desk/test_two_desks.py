"""The desks of two gateways on one PostgreSQL: what is changed at one is in use at the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from storage.conftest import postgres_url  # noqa: F401  a fixture
from web.serving import until
from web.test_two_gateways import Gateways, gateways  # noqa: F401  a fixture

from desk.conftest import PASSWORD, DeskVisitor
from desk.trials.test_trial import hidden, say
from lamoon.desk.accounts.accounts import Accounts
from lamoon.desk.teaching.teaching import Teaching


@pytest.fixture
def desks(gateways: Gateways, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DeskVisitor, DeskVisitor]]:  # noqa: F811
    """The same owner at each gateway."""
    monkeypatch.setattr(Teaching, "index", lambda self: None)  # which takes a minute to make
    Accounts(gateways.services[0].bookings.database).add("Olivia", PASSWORD, "owner")
    here, there = (DeskVisitor(url, "Olivia") for url in gateways.urls)
    yield here, there
    here.http.close()
    there.http.close()


def seen(desk: DeskVisitor) -> str:
    return hidden(desk.get("/desk/settings/contact").text, "seen")


def rename(desk: DeskVisitor, name: str, version: str) -> httpx.Response:
    return desk.post("/desk/settings/contact", seen=version, name=name, time_zone="America/New_York")


def test_a_setting_is_in_use_at_the_other_within_seconds_and_taken_back_there(
    gateways: Gateways,  # noqa: F811
    desks: tuple[DeskVisitor, DeskVisitor],
) -> None:
    here, there = desks
    assert rename(here, "Moon One", seen(here)).status_code == 303
    assert gateways.services[0].studio.name == "Moon One"
    until(lambda: gateways.services[1].studio.name == "Moon One", "the other gateway", seconds=3)
    number = re.search(r"/desk/settings/undo/(\d+)", there.get("/desk/settings").text)
    assert number
    assert there.post(f"/desk/settings/undo/{number[1]}").status_code == 303
    until(lambda: gateways.services[0].studio.name == "La Moon Massage and Facial", "the first gateway", seconds=3)


def test_a_page_that_another_desk_made_old_changes_nothing(desks: tuple[DeskVisitor, DeskVisitor]) -> None:
    here, there = desks
    old = seen(there)
    assert rename(here, "Moon One", old).status_code == 303
    late = rename(there, "Moon Two", old)
    assert (late.status_code, "changed meanwhile" in late.text) == (422, True)
    assert "Moon One" in there.get("/desk/settings/contact").text


def test_ready_replies_and_lessons_of_one_are_the_others(
    gateways: Gateways,  # noqa: F811
    desks: tuple[DeskVisitor, DeskVisitor],
) -> None:
    here, there = desks
    assert here.post("/desk/ready-replies/keep", shortcut="hello", text="Hi {name}").status_code == 303
    until(lambda: "/hello" in there.get("/desk/ready-replies").text, "the ready reply", seconds=3)
    question = {"kind": "question", "title": "Is there a bike rack?", "text": "Yes, behind the house."}
    kept = here.post("/desk/teach/save", **question, wordings="bikes?\nbike rack\ncycling there\na stand\nmy bicycle")
    assert kept.status_code == 303
    assert "Is there a bike rack?" in there.get("/desk/teach").text


def test_a_test_of_one_is_played_and_shown_at_the_other(desks: tuple[DeskVisitor, DeskVisitor]) -> None:
    here, there = desks
    here.post("/desk/try/begin")
    place = f"/desk/tests/from/{hidden(say(here, 'zappy words about my hamstring please'), 'conversation')}"
    assert here.post(place, **{"right-1": "yes", "name": "Hello"}).status_code == 303
    assert there.post("/desk/tests/play", which="saved").status_code == 303
    until(lambda: "1 played, 0 not as before" in here.get("/desk/tests").text, "the result at the first gateway")
