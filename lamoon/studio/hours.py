"""Opening hours: as an owner writes them, and when the studio is open."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from lamoon.studio.model import WEEKDAYS, DayHours, Studio

HOURS_EXPECTED = (
    "opening and closing time, up to three such spans in order, or the word closed",
    "09:00-12:30, 14:00-18:00",
)
CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?"
SPAN = re.compile(rf"{CLOCK}\s*(?:-|\u2013|to)\s*{CLOCK}", re.IGNORECASE)


def check_hours(text: str) -> DayHours:
    """The day's hours. Raises ValueError when a time is not one, or a span ends before it starts."""
    if text.lower() == "closed":
        return DayHours("closed", ())
    spans = tuple(_span(part.strip()) for part in text.split(","))
    if len(spans) > 3:
        raise ValueError("has more than three spans")
    ends = [moment for span in spans for moment in span]
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise ValueError(f"in '{text}' a time is not after the one before it")
    return DayHours(text, spans)


def _span(text: str) -> tuple[time, time]:
    found = SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a span of opening hours")
    hour, minute, half, *closing = found.groups()
    return _clock(hour, minute, half), _clock(*closing)


def _clock(hour: str, minute: str | None, half: str | None) -> time:
    """The time of day. A bare hour needs am or pm: "9-5" is ambiguous."""
    written = hour + (f":{minute}" if minute else "") + (f" {half}" if half else "")
    number = int(hour)
    if half is None and minute is None:
        raise ValueError(f"'{written}' leaves open which half of the day it is")
    if half is not None:
        if not 1 <= number <= 12:
            raise ValueError(f"'{written}' is not a time of day")
        number = number % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        return time(number, int(minute or 0))
    except ValueError:
        raise ValueError(f"'{written}' is not a time of day") from None


DAYS_AHEAD = 60
"""How far ahead the next opening is searched: longer than any holiday."""


def is_open(studio: Studio, moment: datetime) -> bool | None:
    """Whether the studio is open at a local moment; None when its hours or time zone are unknown."""
    if moment.date() in studio.closed_days:
        return False
    hours = studio.hours.get(WEEKDAYS[moment.weekday()])
    if hours is None or not studio.time_zone:
        return None
    return any(opens <= moment.time() < closes for opens, closes in hours.spans)


def is_closed(studio: Studio, day: str) -> bool:
    """Whether the studio is surely closed on a day: an ISO date, or a weekday as "mon"; False for any other text."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        named = next((name for name in WEEKDAYS if len(day) == len("mon") and name.startswith(day)), "")
        return bool(named in studio.hours and not studio.hours[named].spans)
    hours = studio.hours.get(WEEKDAYS[found.weekday()])
    return found in studio.closed_days or bool(hours and not hours.spans)


def next_opening(studio: Studio, moment: datetime) -> datetime | None:
    """The next opening after a local moment; None when unknown, also because the hours of a day in between are."""
    if not studio.time_zone:
        return None
    for day in (moment.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        if day in studio.closed_days:
            continue
        hours = studio.hours.get(WEEKDAYS[day.weekday()])
        if hours is None:
            return None
        for opens, _ in hours.spans:
            opening = datetime.combine(day, opens, moment.tzinfo)
            if opening > moment:
                return opening
    return None
