"""Calendar text: every kind of event takes up the right time, and text from outside may be anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from booking.calendar.calendar_servers import ics, span

from lamoon.booking.calendar.adapter import UID_PREFIX, Busy, CalendarError, Event
from lamoon.booking.calendar.ics import busy_in, confirmed, text_of

ZONE = ZoneInfo("America/New_York")
START, END = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 14, tzinfo=UTC)
BERLIN = """BEGIN:VTIMEZONE
TZID:Studio time
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def walls(*events: str, start: datetime = START, end: datetime = END) -> list[str]:
    """The busy spans on the clock of New York."""
    found = sorted(busy_in(ics(*events), start, end, ZONE), key=lambda entry: entry.span)
    return [f"{one.span.start.astimezone(ZONE):%a %d %H:%M}-{one.span.end.astimezone(ZONE):%H:%M}" for one in found]


@pytest.mark.parametrize(
    ("event", "taken"),
    [
        ("DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z", ["Tue 01 10:00-11:00"]),
        ("DTSTART;TZID=Europe/Berlin:20261201T160000\r\nDURATION:PT90M", ["Tue 01 10:00-11:30"]),
        ("DTSTART:20261201T100000\r\nDTEND:20261201T110000", ["Tue 01 10:00-11:00"]),
        ("DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261203", ["Tue 01 00:00-00:00"]),
        ("DTSTART;VALUE=DATE:20261201", ["Tue 01 00:00-00:00"]),
        ("DTSTART;TZID=Europe/Berlin:20261201T160000\r\nDTEND;TZID=Europe/Berlin:20261201T160000", []),
        ("DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z\r\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z\r\nSTATUS:CANCELLED", []),
        ("DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z\r\nSTATUS:TENTATIVE", ["Tue 01 10:00-11:00"]),
        ("DTSTART:20271201T150000Z\r\nDTEND:20271201T160000Z", []),
        ("DTSTART:20261129T230000Z\r\nDTEND:20261130T010000Z", ["Sun 29 18:00-20:00"]),
    ],
)
def test_an_event_takes_up_its_time(event: str, taken: list[str]) -> None:
    assert walls(event) == taken


def test_an_all_day_event_is_a_day_of_the_studio_however_long() -> None:
    (taken,) = busy_in(
        ics("DTSTART;VALUE=DATE:20261101\r\nDTEND;VALUE=DATE:20261102"), datetime(2026, 10, 31, tzinfo=UTC), END, ZONE
    )
    assert taken.span.end - taken.span.start == timedelta(hours=25)


def test_a_recurring_event_is_spelt_out_with_its_exceptions() -> None:
    assert walls(
        "DTSTART;TZID=America/New_York:20260105T120000\r\nDTEND;TZID=America/New_York:20260105T130000\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=TU,TH\r\nEXDATE;TZID=America/New_York:20261203T120000"
    ) == ["Tue 01 12:00-13:00", "Tue 08 12:00-13:00", "Thu 10 12:00-13:00"]


def test_a_moved_occurrence_is_where_it_was_moved_to() -> None:
    series = "DTSTART:20261130T150000Z\r\nDTEND:20261130T160000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2"
    text = ics(series).replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\r\nUID:0@test\r\nRECURRENCE-ID:20261207T150000Z\r\nDTSTART:20261208T180000Z\r\n"
        "DTEND:20261208T190000Z\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )
    spans = [entry.span for entry in busy_in(text, START, END, ZONE)]
    assert sorted(spans) == [span("2026-11-30T15:00"), span("2026-12-08T18:00")]


@pytest.mark.parametrize(
    ("start", "taken"),
    [
        (datetime(2026, 10, 30, tzinfo=UTC), ["Sat 31 10:00-11:00", "Sun 01 10:00-11:00"]),
        (datetime(2027, 3, 12, 12, tzinfo=UTC), ["Fri 12 10:00-11:00", "Sat 13 10:00-11:00", "Sun 14 10:00-11:00"]),
    ],
)
def test_a_daily_event_stays_on_the_clock_when_it_changes(start: datetime, taken: list[str]) -> None:
    daily = "DTSTART;TZID=America/New_York:20260101T100000\r\nDTEND;TZID=America/New_York:20260101T110000\r\nRRULE:FREQ=DAILY"
    found = walls(daily, start=start, end=start + timedelta(days=2, hours=18))
    assert found[-len(taken) :] == taken


def test_a_time_zone_of_the_file_s_own_is_understood() -> None:
    text = ics("DTSTART;TZID=Studio time:20261201T160000\r\nDTEND;TZID=Studio time:20261201T170000")
    text = text.replace("BEGIN:VEVENT", BERLIN.replace("\n", "\r\n") + "BEGIN:VEVENT")
    (taken,) = busy_in(text, START, END, ZONE)
    assert taken == Busy(span("2026-12-01T15:00"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>Sign in</html>",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261201T150000Z",
        "BEGIN:VEVENT\r\nDTSTART:20261201T150000Z\r\nEND:VEVENT",
        ics("DTSTART:yesterday\r\nDTEND:20261201T160000Z"),
        ics("SUMMARY:no start at all"),
        ics("DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z\r\nRRULE:FREQ=SOMETIMES"),
        ics("DTSTART:20261201T150000Z\r\nDTEND:20261201T150001Z\r\nRRULE:FREQ=SECONDLY"),
        ics("DTSTART:20261201T150000Z\r\nDTEND:20261201T150001Z\r\nRRULE:FREQ=MINUTELY"),
        ics("DTSTART:00010101T000000Z\r\nDTEND:00010101T000100Z\r\nRRULE:FREQ=HOURLY"),
        "\0\1\2",
    ],
)
def test_what_cannot_be_read_is_a_calendar_error(text: str) -> None:
    with pytest.raises(CalendarError):
        busy_in(text, START, END, ZONE)


def test_an_error_quotes_nothing_of_the_calendar() -> None:
    with pytest.raises(CalendarError) as caught:
        busy_in(ics("DTSTART:Ann Smith's knee\r\nSUMMARY:Ann Smith"), START, END, ZONE)
    assert "Ann" not in str(caught.value)


def test_our_own_event_is_read_back_by_a_calendar_library() -> None:
    uid = f"{UID_PREFIX}1"
    text = text_of(Event(uid, span("2026-12-01T15:00"), "Held; for, a visitor", 1), "TENTATIVE", START)
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (uid, "TENTATIVE", 1)
    assert event["SUMMARY"] == "Held; for, a visitor"
    assert busy_in(text, START, END, ZONE) == [Busy(span("2026-12-01T15:00"), uid)]


def test_confirming_keeps_what_staff_have_written() -> None:
    text = text_of(Event("u", span("2026-12-01T15:00"), "Held"), "TENTATIVE", START).replace("Held", "Room 2")
    (event,) = icalendar.Calendar.from_ical(confirmed(text, END)).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"], event["SUMMARY"]) == ("CONFIRMED", 1, "Room 2")
    assert event["DTSTAMP"].dt == END
