"""A CalDAV calendar, against a real Radicale."""

from __future__ import annotations

import subprocess as subprocess  # marks this module as slow: it starts a server
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
from booking.calendar.calendar_servers import PASSWORD, USER, Radicale, span

from lamoon.booking.calendar.adapter import UID_PREFIX, Busy, CalendarError, Event
from lamoon.booking.calendar.dav import DavCalendar

ZONE = ZoneInfo("America/New_York")
START, END = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 14, tzinfo=UTC)
HELD = Event(f"{UID_PREFIX}1", span("2026-12-01T15:00"), "Held")


@pytest.fixture
def calendar(radicale: Radicale) -> DavCalendar:
    return DavCalendar(radicale.url, USER, PASSWORD, ZONE, seconds=3)


def stored(radicale: Radicale) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(radicale.ask("GET", f"{HELD.uid}.ics").text).walk("VEVENT")
    return event


def test_busy_times_are_read_with_recurring_all_day_and_floating_ones(
    radicale: Radicale, calendar: DavCalendar
) -> None:
    radicale.put("single", "DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z")
    radicale.put("floating", "DTSTART:20261202T100000\r\nDTEND:20261202T110000")
    radicale.put("day", "DTSTART;VALUE=DATE:20261203")
    radicale.put(
        "weekly",
        "DTSTART;TZID=America/New_York:20251205T090000\r\nDTEND;TZID=America/New_York:20251205T100000\r\n"
        "RRULE:FREQ=WEEKLY",
    )
    radicale.put("free", "DTSTART:20261201T170000Z\r\nDTEND:20261201T180000Z\r\nTRANSP:TRANSPARENT")
    radicale.put("past", "DTSTART:20251201T170000Z\r\nDTEND:20251201T180000Z")
    assert sorted(entry.span for entry in calendar.busy(START, END)) == [
        span("2026-12-01T15:00"),
        span("2026-12-02T15:00"),
        span("2026-12-03T05:00", 24 * 60),
        span("2026-12-04T14:00"),
        span("2026-12-11T14:00"),
    ]


def test_an_empty_calendar_has_nothing_busy(calendar: DavCalendar) -> None:
    assert calendar.busy(START, END) == []


def test_a_tentative_event_is_put_confirmed_and_removed(radicale: Radicale, calendar: DavCalendar) -> None:
    calendar.add_tentative(HELD)
    assert calendar.busy(START, END) == [Busy(HELD.span, HELD.uid)]
    assert (stored(radicale)["STATUS"], stored(radicale)["SEQUENCE"]) == ("TENTATIVE", 0)
    assert calendar.confirm(HELD.uid)
    assert (stored(radicale)["STATUS"], stored(radicale)["SEQUENCE"]) == ("CONFIRMED", 1)
    calendar.remove(HELD.uid)
    assert calendar.busy(START, END) == []


def test_putting_and_removing_twice_is_the_same_as_once(calendar: DavCalendar) -> None:
    calendar.add_tentative(HELD)
    calendar.add_tentative(HELD)
    assert len(calendar.busy(START, END)) == 1
    calendar.remove(HELD.uid)
    calendar.remove(HELD.uid)
    assert calendar.busy(START, END) == []


def test_an_event_that_staff_have_removed_cannot_be_confirmed(calendar: DavCalendar) -> None:
    assert calendar.confirm(HELD.uid) is False


def test_an_address_without_its_last_slash_is_the_same_calendar(radicale: Radicale, calendar: DavCalendar) -> None:
    calendar.add_tentative(HELD)
    assert DavCalendar(radicale.url.rstrip("/"), USER, PASSWORD, ZONE).busy(START, END) == [Busy(HELD.span, HELD.uid)]


def test_a_wrong_password_is_an_error_without_it(radicale: Radicale) -> None:
    with pytest.raises(CalendarError) as caught:
        DavCalendar(radicale.url, USER, "wrong secret", ZONE).busy(START, END)
    assert "secret" not in str(caught.value)


def test_another_address_is_an_error(radicale: Radicale) -> None:
    with pytest.raises(CalendarError):
        DavCalendar(f"{radicale.url}none/", USER, PASSWORD, ZONE).add_tentative(HELD)


def test_a_server_that_was_killed_is_an_error_and_comes_back(radicale: Radicale, calendar: DavCalendar) -> None:
    calendar.add_tentative(HELD)
    radicale.kill()
    for ask in (
        lambda: calendar.busy(START, END),
        lambda: calendar.remove(HELD.uid),
        lambda: calendar.confirm(HELD.uid),
    ):
        with pytest.raises(CalendarError):
            ask()
    radicale.start()
    assert calendar.busy(START, END) == [Busy(HELD.span, HELD.uid)]


def test_a_server_that_hangs_is_an_error_after_some_seconds(radicale: Radicale) -> None:
    calendar = DavCalendar(radicale.url, USER, PASSWORD, ZONE, seconds=1)
    radicale.pause(on=True)
    begun = time.monotonic()
    try:
        with pytest.raises(CalendarError):
            calendar.busy(START, END)
    finally:
        radicale.pause(on=False)
    assert time.monotonic() - begun < 10
