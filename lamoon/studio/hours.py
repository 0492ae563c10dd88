"""Opening hours of one day, as an owner writes them: "09:00-17:00", "9 am - 12:30 pm, 2 pm - 6 pm" or "closed"."""

from __future__ import annotations

import re
from datetime import time
from itertools import pairwise

from lamoon.studio.model import DayHours

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
    """The time of day. A bare hour needs am or pm: "9-5" could mean anything."""
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
