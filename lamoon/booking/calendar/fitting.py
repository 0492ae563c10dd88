"""Selection of free times that fit a wish, and times in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from lamoon.booking.calendar.times import Span
from lamoon.booking.wish import Wish
from lamoon.phrasebook import say
from lamoon.studio import Studio

OFFERED: Final = 3
"""Maximum times offered at once."""
APART: Final = timedelta(hours=2)
"""Preferred gap between two offered times of the same day."""
NARROW: Final = 60
"""Maximum minutes of a window that only restricts the start: "around three"."""
SHORT_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKEND: Final = 5
_ANY: Final = frozenset(("", "any", "asap"))
# Words that a service's name in studio.yml must contain for a service that a visitor named.
_SERVICE_WORDS: Final = {"mfr": "myofascial", "deep_tissue": "deep", "facial": "facial", "massage": "massage"}


def fits(whens: Sequence[Mapping[str, Any]], start: datetime, end: datetime) -> bool:
    """Return whether an appointment fits one of the requested times; any does if there are none.

    Args:
        whens: with `day`, `from`, `to` and `except`, as `lamoon.booking.reading` has them.
        start, end: local times.
    """
    return not whens or any(_suits(when, start, end) for when in whens)


def _suits(when: Mapping[str, Any], start: datetime, end: datetime) -> bool:
    if not _on(str(when.get("day") or ""), start.date()):
        return False
    if any(_on(str(left_out), start.date()) for left_out in when.get("except") or () if left_out):
        return False
    begins, ends = _clock(when.get("from")), _clock(when.get("to"))
    if begins and begins == ends:
        return start.time() == begins
    late_enough = begins is None or start.time() >= begins
    if begins and ends and _minutes(ends) - _minutes(begins) <= NARROW:
        return late_enough and start.time() <= ends
    return late_enough and (ends is None or (end.date() == start.date() and end.time() <= ends))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _on(named: str, day: date) -> bool:
    """Return whether `day` is one of those that a wish names."""
    if named in _ANY:
        return True
    if named in SHORT_DAYS:
        return SHORT_DAYS[day.weekday()] == named
    if named in ("weekday", "weekend"):
        return (day.weekday() >= _WEEKEND) == (named == "weekend")
    first, _, last = named.partition("/")
    return first <= day.isoformat() <= (last or first)


def _clock(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def best(free: Iterable[Span], whens: Sequence[Mapping[str, Any]], zone: tzinfo, most: int = OFFERED) -> list[Span]:
    """Return the first fitting times in order, preferably on different days or some hours apart."""
    suiting = [span for span in free if fits(whens, span.start.astimezone(zone), span.end.astimezone(zone))]
    chosen: list[Span] = []
    for is_apart in (_on_another_day, _hours_apart, _not_in):
        for span in suiting:
            if len(chosen) < most and is_apart(span, chosen, zone):
                chosen.append(span)
    return sorted(chosen)


def _on_another_day(span: Span, chosen: Sequence[Span], zone: tzinfo) -> bool:
    day = span.start.astimezone(zone).date()
    return all(other.start.astimezone(zone).date() != day for other in chosen)


def _hours_apart(span: Span, chosen: Sequence[Span], _: tzinfo) -> bool:
    return all(abs(other.start - span.start) >= APART for other in chosen)


def _not_in(span: Span, chosen: Sequence[Span], _: tzinfo) -> bool:
    return span not in chosen


def nearest(free: Iterable[Span], whens: Sequence[Mapping[str, Any]], zone: tzinfo, most: int) -> list[Span]:
    """Return near misses: times on a day that was named, else the first ones."""
    days = [{**when, "from": None, "to": None} for when in whens]
    all_free = list(free)
    chosen = best(all_free, days, zone, most)
    others = [span for span in best(all_free, (), zone, most) if span not in chosen]
    return sorted([*chosen, *others][:most])


def minutes_of(wish: Wish, studio: Studio) -> int:
    """Return the length of the requested appointment: as requested, or of the studio's service, the longest if several
    match.
    """
    if wish.minutes:
        return wish.minutes
    words = [_SERVICE_WORDS[name] for name in wish.services if name in _SERVICE_WORDS]
    named = [
        service.minutes
        for service in studio.services
        if service.minutes and any(word in service.name.lower() for word in words)
    ]
    return max(named, default=studio.calendar.session_minutes)


def title(start: datetime) -> str:
    """Return a local time as a choice: "Thu 3 December, 10:00 am"."""
    day = say("weekdays").split(", ")[start.weekday()][:3]
    half = "am" if start.hour < 12 else "pm"
    clock = f"{(start.hour - 1) % 12 + 1}:{start.minute:02} {half}"
    return f"{day} {start.day} {say('months').split(', ')[start.month - 1]}, {clock}"


def as_wish(start: datetime) -> dict[str, Any]:
    """Return a local time as a requested time."""
    clock = f"{start:%H:%M}"
    return {"day": start.date().isoformat(), "from": clock, "to": clock}
