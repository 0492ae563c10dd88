"""Requests by the day they are about: the agreed time, else the one suggested to the client, else the wished one.

Blocks: call it in a thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from sqlalchemy import and_, or_

from lamoon.booking.appointment import Appointment
from lamoon.booking.life import State
from lamoon.desk.inbox.requests import Entry, entries_of
from lamoon.storage.database import Database
from lamoon.storage.tables import requests
from lamoon.storage.time import to_naive_utc

Span = Literal["day", "week"]
DAYS: Final[dict[Span, int]] = {"day": 1, "week": 7}
OPEN: Final[tuple[State, ...]] = ("requested", "held", "seen", "change_asked")
_KEPT: Final[tuple[State, ...]] = ("confirmed", "done")
Sure = Literal["agreed", "suggested", "wished"]


@dataclass(frozen=True)
class Item:
    """A request on a day of the studio; `begins` and `ends` are local, None where no time is named."""

    entry: Entry
    sure: Sure
    day: date
    begins: time | None = None
    ends: time | None = None


@dataclass(frozen=True)
class Agenda:
    """The days of a span with their requests by time, and all open requests without a day to come."""

    days: Sequence[tuple[date, Sequence[Item]]]
    undated: Sequence[Entry]


def first_day(span: Span, day: date) -> date:
    """The day with which the span around a day begins: weeks begin on Monday."""
    return day - timedelta(days=day.weekday()) if span == "week" else day


def read_agenda(database: Database, first: date, days: int, zone: tzinfo, today: date) -> Agenda:
    """The agenda of so many days. Raises StoreError."""
    shown = [first + timedelta(days=number) for number in range(days)]
    begin, end = (_midnight(day, zone) for day in (first, first + timedelta(days=days)))
    kept = and_(requests.c.state.in_(_KEPT), requests.c.starts_at >= begin, requests.c.starts_at < end)
    with database.reading("list requests by day") as connection:
        entries = entries_of(connection, or_(requests.c.state.in_(OPEN), kept))
    items: dict[date, list[Item]] = defaultdict(list)
    undated = []
    for entry in entries:
        item = item_of(entry, zone)
        if item:
            items[item.day].append(item)
        if entry.state in OPEN and (item is None or item.day < today):
            undated.append(entry)
    return Agenda([(day, sorted(items[day], key=lambda item: item.begins or time.max)) for day in shown], undated)


def item_of(entry: Entry, zone: tzinfo) -> Item | None:
    """A request on its day; None where nobody has named one."""
    if entry.stage.appointment:
        return _timed(entry, "agreed", entry.stage.appointment, zone)
    if entry.suggested:
        return _timed(entry, "suggested", entry.suggested, zone)
    wished = entry.request.wished
    return Item(entry, "wished", wished.day, wished.clock) if wished else None


def _timed(entry: Entry, sure: Sure, at: Appointment, zone: tzinfo) -> Item:
    begins, ends = at.starts_at.astimezone(zone), at.ends_at.astimezone(zone)
    return Item(entry, sure, begins.date(), begins.time(), ends.time())


def _midnight(day: date, zone: tzinfo) -> datetime:
    return to_naive_utc(datetime.combine(day, time(), zone).astimezone(UTC))
