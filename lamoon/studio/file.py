"""Reads and checks studio.yml. `load_studio` is the only way in, and what it returns has passed every check here."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path

import phonenumbers

from lamoon.checks import EMAIL_EXPECTED, check_email, check_phone, check_url, check_zone
from lamoon.studio.hours import HOURS_EXPECTED, check_hours
from lamoon.studio.lines import Entry, read
from lamoon.studio.model import WEEKDAYS, CannedReply, DayHours, EmergencyNumbers, Service, Studio

FIELDS = (
    "name", "phone", "email", "address", "booking_link", "notify_email", "time_zone",
    "hours", "closed_days", "services", "greeting", "consent", "privacy_link", "canned_replies",
    "emergency",
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
MINUTES_EXPECTED = ("whole minutes from 5 to 600", "minutes: 60")
SERVICE_EXPECTED = ("a service with a name", "- name: Myofascial release")
CANNED_EXPECTED = ("a reply with a title and a text", "- {title: Parking, text: You can park behind the house.}")
COUNTRY_EXPECTED = ("two letters of a country with a line below `numbers` (or of one in the EU)", "country: US")
NUMBERS_EXPECTED = ("digits as people dial them, in quotes", 'US: {emergency: "911", crisis: "988"}')


def load_studio(path: Path | str) -> Studio:
    """The checked studio.yml at `path`. Raises StudioError with file, line, problem, expected and example."""
    root = read(Path(path)).only(FIELDS, "phone: (212) 555-0147")
    country, numbers = _emergency(root.field("emergency"))
    return Studio(
        name=_needed(root.field("name"), *NAME_EXPECTED),
        country=country,
        numbers=numbers,
        phone=root.field("phone").checked(partial(check_phone, region=country), *PHONE_EXPECTED) or "",
        email=root.field("email").checked(check_email, *EMAIL_EXPECTED) or "",
        address=root.field("address").text("12 Garden Lane, Springfield", longest=200, words=30),
        booking_link=root.field("booking_link").checked(check_url, *LINK_EXPECTED) or "",
        notify_email=root.field("notify_email").checked(check_email, *EMAIL_EXPECTED) or "",
        time_zone=root.field("time_zone").checked(check_zone, *ZONE_EXPECTED) or "",
        hours=_hours(root.field("hours")),
        closed_days=_closed_days(root.field("closed_days")),
        services=tuple(_service(item) for item in root.field("services").items(SERVICE_EXPECTED[1])),
        greeting=root.field("greeting").text("Hello! How can I help?", longest=400, words=60),
        consent=root.field("consent").text("What you write is kept for 30 days.", longest=400, words=60),
        privacy_link=root.field("privacy_link").checked(check_url, *PRIVACY_EXPECTED) or "",
        canned_replies=tuple(_canned(item) for item in root.field("canned_replies").items(CANNED_EXPECTED[1])),
    )


def _needed(entry: Entry, expected: str, example: str) -> str:
    """The entry's text, at most 80 characters and 10 words; a StudioError when left empty."""
    return entry.text(example, longest=80, words=10) or entry.wrong("is missing", expected, example)


def _hours(entry: Entry) -> dict[str, DayHours]:
    days = entry.only(WEEKDAYS, "monday: 09:00-17:00").keys("monday: 09:00-17:00")
    found = {day: value.checked(check_hours, *HOURS_EXPECTED) for day, value in days.items()}
    return {day: hours for day, hours in found.items() if hours}


def _closed_days(entry: Entry) -> tuple[date, ...]:
    days = [item.checked(_check_day, *DAY_EXPECTED) for item in entry.items("closed_days: [2030-12-25]")]
    return tuple(sorted({day for day in days if day}))


def _check_day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"'{text}' is not a date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar") from None


def _service(entry: Entry) -> Service:
    entry.only(("name", "minutes", "price"), SERVICE_EXPECTED[1])
    name = _needed(entry.field("name"), *SERVICE_EXPECTED)
    minutes = entry.field("minutes").checked(_check_minutes, *MINUTES_EXPECTED)
    return Service(name, minutes, entry.field("price").text("from $110", longest=60, words=10).rstrip("."))


def _canned(entry: Entry) -> CannedReply:
    entry.only(("title", "text"), CANNED_EXPECTED[1])
    text = entry.field("text")
    words = text.text(CANNED_EXPECTED[1], longest=1000, words=180) or text.wrong("is missing", *CANNED_EXPECTED)
    return CannedReply(_needed(entry.field("title"), *CANNED_EXPECTED), words)


def _check_minutes(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 5 <= int(text) <= 600:
        raise ValueError(f"'{text}' is not a length in minutes")
    return int(text)


def _emergency(entry: Entry) -> tuple[str, EmergencyNumbers]:
    """The country as phone numbers know it (GB for UK), and its emergency numbers."""
    entry.only(("country", "numbers"), COUNTRY_EXPECTED[1])
    table = entry.field("numbers").keys(NUMBERS_EXPECTED[1])
    numbers = {_region(name): _numbers(line) for name, line in table.items()}
    country = entry.field("country")
    region = _region(_needed(country, *COUNTRY_EXPECTED))
    if region == "EU":
        country.wrong("'EU' is not one country", "your country's own letters; the line EU then applies", "country: DE")
    if region not in phonenumbers.SUPPORTED_REGIONS:
        country.wrong(f"'{country.value}' is not a country's two letters", *COUNTRY_EXPECTED)
    chosen = numbers.get(region) or (numbers.get("EU") if region in EU else None)
    if chosen is None:
        country.wrong(f"'{country.value}' has no line below `numbers`", *COUNTRY_EXPECTED)
    return region, chosen


def _region(code: str) -> str:
    return "GB" if code.upper() == "UK" else code.upper()


def _numbers(entry: Entry) -> EmergencyNumbers:
    entry.only(("emergency", "crisis", "crisis_name"), NUMBERS_EXPECTED[1])
    emergency = entry.field("emergency").checked(_check_dialled, *NUMBERS_EXPECTED)
    if not emergency:
        entry.wrong("has no emergency number", *NUMBERS_EXPECTED)
    crisis = entry.field("crisis").checked(_check_dialled, *NUMBERS_EXPECTED) or ""
    return EmergencyNumbers(emergency, crisis, entry.field("crisis_name").text("Samaritans", longest=60, words=6))


def _check_dialled(text: str) -> str:
    if not DIALLED.fullmatch(text):
        raise ValueError(f"'{text}' is not a number to dial")
    return text
