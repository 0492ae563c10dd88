"""Requests by day and week: on the agreed day, else the proposed one, else the wished one; none that is open gets lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.conftest import DeskOf
from lamoon.booking import BookingRequest, Contact
from lamoon.booking.appointment import Appointment, WishedTime
from lamoon.booking.life import Event
from lamoon.desk.inbox.requests import Requests

ZONE = ZoneInfo("America/New_York")
TODAY = datetime.now(ZONE).date()
MONDAY = TODAY + timedelta(days=35 - TODAY.weekday())
PLACE = "/desk/inbox/requests/by"
Ask = Callable[..., str]


@pytest.fixture
def ask(desk: DeskOf) -> Ask:
    """Stores a request of somebody with a wished day, and lets events happen to it at a time."""
    store = desk.front.parts.bookings

    def ask(name: str, wished: WishedTime | None = None, *events: Event, at: datetime | None = None) -> str:
        contact = Contact(f"{name.lower()}@example.com", "")
        fixed = {"conversation_id": "web-x-0", "run_id": name, "wish": "an hour", "consent": True, "screening": "no"}
        request = BookingRequest(name=name, contact=contact, wished=wished, **fixed)  # type: ignore[arg-type]
        reference = store.submit(request)
        requests = Requests(store.database)
        for event in events:
            timed = Appointment(at, 60) if at and event in ("confirmed", "changed", "proposed") else None
            version = requests.get(reference).version
            requests.decide(reference, event, "Sam", version, words="x", appointment=timed)
        return reference

    return ask


def at_studio(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


def sections(desk: DeskOf, span: str, day: date) -> dict[str, list[str]]:
    """The names under each day of the page, and under "open" those without one."""
    page = desk.staff.get(f"{PLACE}/{span}", day=day.isoformat()).text
    dated, _, undated = page.partition("Open, without a day to come")
    found = {}
    for part in re.split(r"<section ", dated)[1:]:
        heading = re.search(r'id="day-([\d-]+)"', part)
        assert heading
        found[heading[1]] = re.findall(r"</strong>\s+(\w+)</span>", part)
    return found | {"open": re.findall(r"</strong>\s+(\w+)</span>", undated)}


def test_a_week_has_each_request_on_its_day_in_order_of_time(desk: DeskOf, ask: Ask) -> None:
    tuesday, friday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)
    ask("Anytime", WishedTime(tuesday))
    ask("Late", WishedTime(tuesday, time(18)))
    ask("Early", WishedTime(friday), "confirmed", at=at_studio(tuesday, 9))
    ask("Proposed", WishedTime(tuesday), "proposed", at=at_studio(friday, 10))
    ask("Next", WishedTime(MONDAY + timedelta(days=7)))
    week = sections(desk, "week", friday)
    assert list(week)[:-1] == [str(MONDAY + timedelta(days=number)) for number in range(7)]
    assert week[str(tuesday)] == ["Early", "Late", "Anytime"]
    assert week[str(friday)] == ["Proposed"]
    assert sections(desk, "day", friday) == {str(friday): ["Proposed"], "open": []}


def test_a_day_is_the_studios_own(desk: DeskOf, ask: Ask) -> None:
    ask("Evening", None, "confirmed", at=at_studio(MONDAY, 22))  # Tuesday in UTC
    assert sections(desk, "day", MONDAY)[str(MONDAY)] == ["Evening"]


def test_what_is_open_without_a_day_to_come_is_on_every_page(desk: DeskOf, ask: Ask) -> None:
    ask("Undated")
    ask("Passed", WishedTime(date(2020, 1, 8)))
    ask("Gone", None, "declined")
    for span in ("day", "week"):
        assert sorted(sections(desk, span, MONDAY)["open"]) == ["Passed", "Undated"]


def test_what_was_cancelled_leaves_its_day(desk: DeskOf, ask: Ask) -> None:
    ask("Off", None, "confirmed", "cancelled", at=at_studio(MONDAY, 9))
    assert sections(desk, "day", MONDAY) == {str(MONDAY): [], "open": []}


def test_a_day_on_which_the_studio_is_closed_says_so(desk: DeskOf) -> None:
    sunday = MONDAY + timedelta(days=6)
    assert "closed</span>" in desk.staff.get(f"{PLACE}/day", day=sunday.isoformat()).text
    assert "closed</span>" not in desk.staff.get(f"{PLACE}/day", day=MONDAY.isoformat()).text


@pytest.mark.parametrize("day", ["", "soon", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_shows_today(desk: DeskOf, day: str) -> None:
    page = desk.staff.get(f"{PLACE}/day", day=day).text
    assert f'id="day-{datetime.now(ZONE).date()}"' in page


def test_there_is_no_other_span(desk: DeskOf) -> None:
    assert desk.staff.get(f"{PLACE}/month").status_code == 404


def test_from_this_week_the_day_is_today_and_from_another_its_monday(desk: DeskOf) -> None:
    this, other = desk.staff.get(f"{PLACE}/week").text, desk.staff.get(f"{PLACE}/week", day=str(MONDAY)).text
    assert f'href="{PLACE}/day"' in this
    assert f'href="{PLACE}/day?day={MONDAY}"' in other
