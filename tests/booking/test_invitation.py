"""Calendar files around both changes of the clocks: two independent readers find just the moment that was agreed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from icalendar import Calendar

from lamoon.booking import BookingRequest
from lamoon.booking.appointment import Appointment, AppointmentError, WishedTime, read_appointment, wished_time
from lamoon.booking.invitation import Organizer, client_file
from lamoon.booking.notices import Stage

STAMP = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = {
    "America/New_York": (datetime(2026, 3, 8), datetime(2026, 11, 1)),
    "Europe/Berlin": (datetime(2026, 3, 29), datetime(2026, 10, 25)),
    "Australia/Lord_Howe": (datetime(2026, 4, 5), datetime(2026, 10, 4)),
}


def organizer(zone: str) -> Organizer:
    return Organizer("La Moon", "hello@lamoon.example", "12 Garden Lane, Springfield", ZoneInfo(zone))


def start_by_its_own_rules(text: str) -> datetime:
    """The start by nothing but the file: dateutil reads the VTIMEZONE in it and knows no zone by name."""
    (line,) = [line for line in text.split("BEGIN:VEVENT")[1].split("\r\n") if line.startswith("DTSTART")]
    name, _, value = line.partition(":")
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    rules = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE") + len("END:VTIMEZONE")]
    zone = tzical(StringIO(rules)).get(name.partition("TZID=")[2])
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone, days in ZONES.items() for day in days])
def test_every_half_hour_around_a_change_of_the_clocks(
    zone: str, day: datetime, request_of: Callable[..., BookingRequest]
) -> None:
    request, begin = request_of(), day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for half_hour in range(-6, 16):
        moment = begin + timedelta(minutes=30 * half_hour)
        file = client_file(request, Stage(Appointment(moment, 60), 1), organizer(zone), cancels=False, stamp=STAMP)
        (event,) = Calendar.from_ical(file.content).walk("VEVENT")
        assert event.decoded("dtstart").astimezone(UTC) == moment
        assert event.decoded("duration") == timedelta(hours=1)
        assert start_by_its_own_rules(file.content.decode()) == moment


def test_a_studio_without_a_zone_writes_utc(request_of: Callable[..., BookingRequest]) -> None:
    stage = Stage(Appointment(datetime(2026, 5, 1, 9, tzinfo=UTC), 60), 1)
    plain = Organizer("La Moon", "a@lamoon.example", "", UTC)
    text = client_file(request_of(), stage, plain, cancels=False, stamp=STAMP).content.decode()
    assert "DTSTART:20260501T090000Z" in text
    assert "VTIMEZONE" not in text


def test_a_file_needs_an_appointment(request_of: Callable[..., BookingRequest]) -> None:
    with pytest.raises(ValueError, match="no appointment"):
        client_file(request_of(), Stage(), organizer("Europe/Berlin"), cancels=False, stamp=STAMP)


NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "minutes", "utc"),
    [
        ("2026-03-07", "17:30", "60", datetime(2026, 3, 7, 22, 30, tzinfo=UTC)),
        ("2026-03-08", "17:30", "60", datetime(2026, 3, 8, 21, 30, tzinfo=UTC)),
        ("2026-11-01", "17:30", "5", datetime(2026, 11, 1, 22, 30, tzinfo=UTC)),
    ],
)
def test_the_desks_time_is_the_studios(day: str, clock: str, minutes: str, utc: datetime) -> None:
    read = read_appointment(day, clock, minutes, NEW_YORK, NOW)
    assert (read.starts_at, read.minutes) == (utc, int(minutes))


@pytest.mark.parametrize(
    ("day", "clock", "minutes", "problem"),
    [
        ("2026-02-31", "17:30", "60", "year-month-day"),
        ("2026-03-09", "25:00", "60", "17:30"),
        ("", "", "", "year-month-day"),
        ("2026-03-08", "02:30", "60", "does not exist"),
        ("2026-02-27", "17:30", "60", "past"),
        ("2036-02-27", "17:30", "60", "two years"),
        ("2026-03-09", "17:30", "x", "whole minutes"),
        ("2026-03-09", "17:30", "0", "5 to 600"),
        ("2026-03-09", "17:30", "²", "whole minutes"),
        ("2026-03-09", "17:30+02:00", "60", "time zone"),
    ],
)
def test_what_cannot_be_an_appointment_says_why(day: str, clock: str, minutes: str, problem: str) -> None:
    with pytest.raises(AppointmentError, match=problem):
        read_appointment(day, clock, minutes, NEW_YORK, NOW)


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ([{"day": "2026-12-04", "from": "17:00"}], ("2026-12-04", "17:00", 60)),
        ([{"day": "thu"}], ("2026-12-03", None, 60)),
        ([{"day": "mon", "from": "09:00"}], ("2026-12-07", "09:00", 60)),
        ([{"day": "any"}, {"day": "2026-12-04"}], ("2026-12-04", None, 60)),
        ([{"day": "2026-12-01/2026-12-05"}], None),
        ([{"from": "17:00"}], None),
        ([], None),
    ],
)
def test_the_first_wish_with_a_day(when: list[dict[str, str]], found: tuple[str, str | None, int] | None) -> None:
    wished = wished_time({"when": when, "minutes": 60}, date(2026, 11, 30))
    assert (wished.as_value() if wished else None) == (
        {"day": found[0], "time": found[1], "minutes": found[2]} if found else None
    )
    assert WishedTime.from_value(wished.as_value() if wished else None) == wished
