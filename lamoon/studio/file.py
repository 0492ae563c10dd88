"""Reads and validates studio.yml. `load_studio` is the only entry point; its result has passed every check here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import phonenumbers

from lamoon.checks import EMAIL_EXPECTED, check_email, check_phone, check_url, check_zone
from lamoon.errors import StudioError
from lamoon.studio.hours import HOURS_EXPECTED, check_hours
from lamoon.studio.model import (
    SOURCES,
    WEEKDAYS,
    CalendarRules,
    CannedReply,
    DayHours,
    EmergencyNumbers,
    Service,
    Source,
    Studio,
)
from lamoon.yaml_file import Value, parse, read

Result = TypeVar("Result")

FIELDS = (
    "name", "phone", "email", "address", "booking_link", "notify_email", "time_zone",
    "hours", "closed_days", "services", "greeting", "consent", "privacy_link", "canned_replies",
    "answer_time", "reminder_hours", "calendar", "staff_names", "emergency",
)  # fmt: skip
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
DIALLED = re.compile(r"[0-9]{1,8}(?:[ -]?[0-9]{1,8}){0,4}")
NAME_EXPECTED = ("the name that visitors read", "name: La Moon")
PHONE_EXPECTED = ("a phone number with area code, or one that starts with + and the country code", "(212) 555-0147")
LINK_EXPECTED = ("a web address with https:// in front", "https://example.com/book")
PRIVACY_EXPECTED = ("a web address with https:// in front", "https://example.com/privacy")
ZONE_EXPECTED = ("a name of the time zone list, Area/City", "America/New_York")
DAY_EXPECTED = ("a day of the calendar as year-month-day", "2030-12-25")
SERVICE_EXPECTED = ("a service with a name", "- name: Myofascial release")
CANNED_EXPECTED = ("a reply with a title and a text", "- {title: Parking, text: You can park behind the house.}")
SOURCE_EXPECTED = (f"one of {', '.join(filter(None, SOURCES))}, or nothing", "source: caldav")
CALENDAR_NUMBERS = {
    "buffer_minutes": (0, 240),
    "notice_hours": (0, 720),
    "days_ahead": (1, 90),
    "step_minutes": (5, 240),
    "session_minutes": (5, 600),
}
COUNTRY_EXPECTED = ("two letters of a country with a line below `numbers` (or of one in the EU)", "country: US")
NUMBERS_EXPECTED = ("digits as people dial them, in quotes", 'US: {emergency: "911", crisis: "988"}')

CHAT_EXPECTED = ("a web address with https:// in front", "https://988lifeline.org/chat")
NUMBERS = ("emergency", "crisis", "crisis_name", "crisis_text", "crisis_chat", "violence", "violence_name")


def load_studio(path: Path | str) -> Studio:
    """The checked studio.yml at `path`. Raises StudioError with file, line, problem, expected and example."""
    place = "a readable file there, or its place in the setting LAMOON_STUDIO"
    return _studio(read(Path(path), StudioError, expected=place, example="LAMOON_STUDIO=studio.yml"))


def studio_of(text: str, name: str) -> Studio:
    """The checked studio of a text. Raises StudioError as `load_studio` does, with `name` in place of the file."""
    return _studio(parse(text, name, StudioError))


def _studio(root: Value) -> Studio:
    root.only(*FIELDS, example="phone: (212) 555-0147")
    country, numbers = _emergency(root.get("emergency"))
    studio = Studio(
        name=_needed(root.get("name"), *NAME_EXPECTED),
        country=country,
        numbers=numbers,
        phone=_checked(root.get("phone"), partial(check_phone, region=country), *PHONE_EXPECTED) or "",
        email=_checked(root.get("email"), check_email, *EMAIL_EXPECTED) or "",
        address=_line(root.get("address"), "12 Garden Lane, Springfield", longest=200, words=30),
        booking_link=_checked(root.get("booking_link"), check_url, *LINK_EXPECTED) or "",
        notify_email=_checked(root.get("notify_email"), check_email, *EMAIL_EXPECTED) or "",
        time_zone=_checked(root.get("time_zone"), check_zone, *ZONE_EXPECTED) or "",
        hours=_hours(root.get("hours")),
        closed_days=_closed_days(root.get("closed_days")),
        services=tuple(_service(item) for item in root.get("services").items(SERVICE_EXPECTED[1])),
        greeting=_line(root.get("greeting"), "Hello! How can I help?", longest=400, words=60),
        consent=_line(root.get("consent"), "What you write is kept for 30 days.", longest=400, words=60),
        privacy_link=_checked(root.get("privacy_link"), check_url, *PRIVACY_EXPECTED) or "",
        answer_time=_line(root.get("answer_time"), "within one working day", longest=60, words=8).rstrip("."),
        reminder_hours=_optional_number(root.get("reminder_hours"), 1, 168),
        canned_replies=tuple(_canned(item) for item in root.get("canned_replies").items(CANNED_EXPECTED[1])),
        calendar=_calendar(root.get("calendar")),
        staff_names=root.get("staff_names").flag(default=True),
    )
    _check_calendar(studio, root)
    return studio


def _line(value: Value, example: str, *, longest: int = 160, words: int = 16) -> str:
    """The field's text on one line, at most `longest` characters and `words` words; "" when left empty."""
    text = value.one_line(default="", example=example)
    if not text.isprintable():
        value.fail("holds a character that cannot be read", "letters, digits and signs", example)
    if len(text) > longest or len(text.split()) > words:
        value.fail("is too long", f"at most {longest} characters and {words} words", example)
    return text


def _checked(value: Value, check: Callable[[str], Result], expected: str, example: str) -> Result | None:
    """The result of `check` on the text; None when left empty. Its ValueError becomes a StudioError."""
    text = _line(value, example)
    try:
        return check(text) if text else None
    except ValueError as error:
        value.fail(str(error), expected, example)


def _optional_number(value: Value, least: int, most: int) -> int | None:
    """A whole number between the bounds, both included; None when left empty."""
    return None if value.is_missing else value.whole_number(least, most)


def _needed(value: Value, expected: str, example: str, *, longest: int = 80, words: int = 10) -> str:
    """The field's text; a StudioError when left empty."""
    return _line(value, example, longest=longest, words=words) or value.fail("is missing", expected, example)


def _hours(entry: Value) -> dict[str, DayHours]:
    days = entry.only(*WEEKDAYS, example="monday: 09:00-17:00").fields()
    found = {day: _checked(value, check_hours, *HOURS_EXPECTED) for day, value in days.items()}
    return {day: hours for day, hours in found.items() if hours}


def _closed_days(entry: Value) -> tuple[date, ...]:
    days = [_checked(item, _check_day, *DAY_EXPECTED) for item in entry.items("closed_days: [2030-12-25]")]
    return tuple(sorted({day for day in days if day}))


def _check_day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"'{text}' is not a date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar") from None


def _service(entry: Value) -> Service:
    entry.only("name", "minutes", "price", example=SERVICE_EXPECTED[1])
    name = _needed(entry.get("name"), *SERVICE_EXPECTED)
    minutes = _optional_number(entry.get("minutes"), 5, 600)
    return Service(name, minutes, _line(entry.get("price"), "from $110", longest=60, words=10).rstrip("."))


def _canned(entry: Value) -> CannedReply:
    entry.only("title", "text", example=CANNED_EXPECTED[1])
    text = entry.get("text")
    _needed(text, *CANNED_EXPECTED, longest=1000, words=180)
    lines = (" ".join(line.split()) for line in text.text().strip().splitlines())
    return CannedReply(_needed(entry.get("title"), *CANNED_EXPECTED), "\n".join(lines))


def _calendar(entry: Value) -> CalendarRules:
    entry.only("source", *CALENDAR_NUMBERS, example=SOURCE_EXPECTED[1])
    source = _checked(entry.get("source"), _check_source, *SOURCE_EXPECTED) or ""
    given = {name: bounds for name, bounds in CALENDAR_NUMBERS.items() if not entry.get(name).is_missing}
    return CalendarRules(source, **{name: entry[name].whole_number(*bounds) for name, bounds in given.items()})


def _check_source(text: str) -> Source:
    for source in SOURCES:
        if source == text.lower():
            return source
    raise ValueError(f"'{text}' is not a source of free times")


def _check_calendar(studio: Studio, root: Value) -> None:
    """What the source of free times needs beside it."""
    if studio.calendar.source == "page" and not studio.booking_link:
        root["calendar"]["source"].fail("is 'page', and `booking_link` is empty", *LINK_EXPECTED)
    if studio.calendar.is_read and not studio.time_zone:
        root["calendar"]["source"].fail("needs `time_zone`", *ZONE_EXPECTED)
    if studio.calendar.is_read and not any(hours.spans for hours in studio.hours.values()):
        root["calendar"]["source"].fail("needs `hours`", *HOURS_EXPECTED)


def _emergency(entry: Value) -> tuple[str, EmergencyNumbers]:
    """The country's ISO code (GB for UK), and its emergency numbers."""
    entry.only("country", "numbers", example=COUNTRY_EXPECTED[1])
    table = entry.get("numbers").fields(NUMBERS_EXPECTED[1])
    numbers = {_region(name): _numbers(line) for name, line in table.items()}
    country = entry.get("country")
    region = _region(_needed(country, *COUNTRY_EXPECTED))
    if region == "EU":
        country.fail("'EU' is not one country", "your country's own letters; the line EU then applies", "country: DE")
    if region not in phonenumbers.SUPPORTED_REGIONS:
        country.fail(f"'{country.text()}' is not a country's two letters", *COUNTRY_EXPECTED)
    chosen = numbers.get(region) or (numbers.get("EU") if region in EU else None)
    if chosen is None:
        country.fail(f"'{country.text()}' has no line below `numbers`", *COUNTRY_EXPECTED)
    return region, chosen


def _region(code: str) -> str:
    return "GB" if code.upper() == "UK" else code.upper()


def _numbers(entry: Value) -> EmergencyNumbers:
    entry.only(*NUMBERS, example=NUMBERS_EXPECTED[1])
    emergency = _checked(entry.get("emergency"), _check_dialled, *NUMBERS_EXPECTED)
    if not emergency:
        entry.fail("has no emergency number", *NUMBERS_EXPECTED)
    dialled = {
        name: _checked(entry.get(name), _check_dialled, *NUMBERS_EXPECTED) or ""
        for name in ("crisis", "crisis_text", "violence")
    }
    names = {
        name: _line(entry.get(name), "Samaritans", longest=60, words=6) for name in ("crisis_name", "violence_name")
    }
    chat = _checked(entry.get("crisis_chat"), check_url, *CHAT_EXPECTED) or ""
    return EmergencyNumbers(emergency, crisis_chat=chat, **dialled, **names)


def _check_dialled(text: str) -> str:
    if not DIALLED.fullmatch(text):
        raise ValueError(f"'{text}' is not a number to dial")
    return text
