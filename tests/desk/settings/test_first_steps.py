"""The first steps of a new studio: each leads to where it is done, and what is done or not needed goes."""

from __future__ import annotations

import re

import httpx

from desk.conftest import DeskOf
from lamoon.desk.settings.first_steps import STEPS, TEST_MAIL

LEFT = re.compile(r'name="step" value="(\w+)"')


def left(desk: DeskOf) -> list[str]:
    """The steps that the page still asks for; the inbox says the same number."""
    page, inbox = desk.owner.get("/desk/start").text, desk.owner.get("/desk/inbox").text
    found = LEFT.findall(page)
    said = re.search(r"<strong>(\d+)</strong> first step", inbox)
    assert int(said[1] if said else 0) == len(found)
    return found


def test_each_step_leads_to_where_it_is_done(desk: DeskOf) -> None:
    for _, _, _, place in STEPS.values():
        assert desk.owner.get(place).status_code == 200, place


def test_what_is_done_is_not_asked_for_any_more(desk: DeskOf) -> None:
    assert left(desk) == ["mail", "site", "try", "ring"]  # the studio has a phone, hours and two accounts
    desk.owner.post("/desk/notifications/test", way="sound")
    desk.owner.post("/desk/try/send", text="does it hurt", channel="web")
    httpx.get(f"{desk.front.url}/chat/studio", headers={"Origin": "https://elsewhere.example"}, trust_env=False)
    desk.front.desk.audit.note(desk.owner.name, TEST_MAIL)
    assert left(desk) == ["site"]
    assert desk.owner.get("/desk").headers["location"] == "/desk/start"
    httpx.get(f"{desk.front.url}/chat/studio", headers={"Origin": "https://studio.example"}, trust_env=False)
    assert left(desk) == []
    assert desk.owner.get("/desk").headers["location"] == "/desk/inbox"


def test_a_step_that_a_studio_does_not_need_is_left_out(desk: DeskOf) -> None:
    assert desk.owner.post("/desk/start/skip", step="site").status_code == 303
    assert "site" not in left(desk)
    desk.owner.post("/desk/start/skip", step="everything")
    assert len(left(desk)) == 3


def test_a_ring_that_one_person_tried_is_not_tried_for_another(desk: DeskOf) -> None:
    desk.staff.post("/desk/notifications/test", way="sound")
    assert "ring" in left(desk)


def test_the_steps_are_an_owners(desk: DeskOf) -> None:
    assert "/desk/start" not in desk.staff.get("/desk/inbox").text
    assert desk.staff.get("/desk").headers["location"] == "/desk/inbox"
