"""Spans of time, and the free ones: within opening hours, on open days, not busy.

Everything is computed in UTC. Only the bounds of opening hours are local: a time that the clock
skips when daylight saving begins is never offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import takewhile
from typing import Final

from lamoon.studio import Studio
from lamoon.studio.model import WEEKDAYS

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """From `start` until just before `end`, both in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def overlaps(self, other: Span) -> bool:
        """Return whether two spans have a moment in common."""
        return self.start < other.end and other.start < self.end

    def widened(self, by: timedelta) -> Span:
        """Return the span extended at both ends."""
        return Span(self.start - by, self.end + by)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Merge spans into as few as possible, in order. Empty ones are left out."""
    found: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def moments(day: date, clock: time, zone: tzinfo) -> list[datetime]:
    """Return the moments of a local time in UTC: one, two when the clock is set back, none when it is skipped."""
    wall = datetime.combine(day, clock, zone)
    both = {wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    naive = wall.replace(tzinfo=None)
    return sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None) == naive)


def bounds(day: date, opens: time, closes: time, zone: tzinfo) -> Span:
    """Return the opening hours of a day. If a bound is skipped or ambiguous, the shorter hours apply."""
    opening = datetime.combine(day, opens, zone)
    closing = datetime.combine(day, closes, zone)
    starts = [opening.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    ends = [closing.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    skipped = not moments(day, opens, zone)
    return Span(max(starts) if skipped else min(starts), min(ends))


def free_times(studio: Studio, minutes: int, busy: Iterable[Span], now: datetime) -> list[Span]:
    """Return the free times for an appointment of this length, in order.

    Args:
        studio: its hours, closed days, time zone and rules.
        minutes: of the appointment, without the buffer around it.
        busy: the busy spans; the buffer is kept around each.
        now: the current time, with a time zone; notice and days ahead count from it.
    """
    rules = studio.calendar
    first = now.astimezone(UTC) + timedelta(hours=rules.notice_hours)
    last = now.astimezone(UTC) + timedelta(days=rules.days_ahead)
    taken = merged(span.widened(rules.buffer_minutes * MINUTE) for span in busy)
    starts = _starts(studio, timedelta(minutes=minutes), now.astimezone(studio.zone).date())
    return _clear((span for span in takewhile(lambda span: span.start < last, starts) if span.start >= first), taken)


def _clear(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """Return the spans that overlap no busy span; both inputs are sorted."""
    found, at = [], 0
    for span in spans:
        while at < len(taken) and taken[at].end <= span.start:
            at += 1
        if at == len(taken) or not span.overlaps(taken[at]):
            found.append(span)
    return found


def _starts(studio: Studio, length: timedelta, today: date) -> Iterator[Span]:
    """Yield every appointment of this length within opening hours, from today on."""
    for day in (today + ahead * DAY for ahead in range(studio.calendar.days_ahead + 2)):
        hours = studio.hours.get(WEEKDAYS[day.weekday()])
        if hours is None or day in studio.closed_days:
            continue
        for opens, closes in hours.spans:
            open_hours = bounds(day, opens, closes, studio.zone)
            for clock in _clocks(opens, closes, studio.calendar.step_minutes):
                for start in moments(day, clock, studio.zone)[:1]:
                    if open_hours.start <= start and start + length <= open_hours.end:
                        yield Span(start, start + length)


def _clocks(opens: time, closes: time, step: int) -> Iterator[time]:
    """Yield local times from opening to closing at this interval."""
    last = closes.hour * 60 + closes.minute
    for minute in range(opens.hour * 60 + opens.minute, last, step):
        yield time(minute // 60, minute % 60)
