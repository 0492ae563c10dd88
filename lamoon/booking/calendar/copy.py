"""The copy of the studio's calendar in the database: the busy spans at the last read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from lamoon.booking.calendar.adapter import Busy
from lamoon.booking.calendar.holds import Hold
from lamoon.booking.calendar.times import Span
from lamoon.storage.database import Database
from lamoon.storage.tables import calendar_copies
from lamoon.storage.time import to_naive_utc

OLDEST: Final = timedelta(minutes=10)
"""Maximum age of a valid copy; an older one means that the calendar is unreachable."""
FUTURE: Final = timedelta(minutes=2)
"""Maximum difference between the clocks of two machines."""
ROW: Final = 1


@dataclass(frozen=True)
class Copy:
    """The busy spans.

    Attributes:
        read_at: when the calendar was read.
        until: the end of the period read.
        busy: the busy spans; our own events have their uid.
    """

    read_at: datetime
    until: datetime
    busy: tuple[Busy, ...]

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the copy is recent enough."""
        return -FUTURE <= now - self.read_at <= OLDEST

    def taken(self, holds: Sequence[Hold], owner: str = "") -> list[Span]:
        """Return all busy spans: the calendar's, and holds of other owners. Our own events are left out if the database
        has newer information: the hold may have been released since. An event that staff have moved also counts at its
        new time.
        """
        known = {hold.uid: hold for hold in holds}
        held = [hold.span for hold in holds if hold.state != "released" and not (owner and hold.owner == owner)]
        return [*(entry.span for entry in self.busy if not _is_hold(entry, known.get(entry.uid))), *held]


def _is_hold(entry: Busy, hold: Hold | None) -> bool:
    return hold is not None and hold.span == entry.span


def store(database: Database, copy: Copy) -> None:
    """Replace the copy. Raises StoreError."""
    rows = [[_minute(entry.span.start), _minute_up(entry.span.end), entry.uid] for entry in copy.busy]
    values = {"id": ROW, "read_at": to_naive_utc(copy.read_at), "until": to_naive_utc(copy.until), "busy": rows}
    with database.writing("copy the calendar") as connection:
        connection.execute(delete(calendar_copies))
        connection.execute(insert(calendar_copies).values(values))


def load(connection: Connection) -> Copy | None:
    """Return the copy; None before the first one."""
    row: Any = connection.execute(select(calendar_copies)).first()
    if row is None:
        return None
    busy = tuple(Busy(Span(_moment(start), _moment(end)), uid) for start, end, uid in row.busy)
    return Copy(row.read_at.replace(tzinfo=UTC), row.until.replace(tzinfo=UTC), busy)


def _minute(moment: datetime) -> int:
    """Return minutes since 1970, rounded down."""
    return int(moment.timestamp()) // 60


def _minute_up(moment: datetime) -> int:
    """Return minutes since 1970, rounded up."""
    return -(-int(moment.timestamp()) // 60)


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)
