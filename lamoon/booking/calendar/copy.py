"""The copy of the studio's calendar in the database: what was busy when it was read last."""

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
"""A copy that is older says nothing any more: the calendar is away."""
FUTURE: Final = timedelta(minutes=2)
"""How far the clocks of two machines may be apart."""
ROW: Final = 1


@dataclass(frozen=True)
class Copy:
    """What was busy.

    Attributes:
        read_at: when the calendar was read.
        until: how far.
        busy: what was taken; our own events have their uid.
    """

    read_at: datetime
    until: datetime
    busy: tuple[Busy, ...]

    def is_fresh(self, now: datetime) -> bool:
        """Whether it still says what is free."""
        return -FUTURE <= now - self.read_at <= OLDEST

    def taken(self, holds: Sequence[Hold], owner: str = "") -> list[Span]:
        """All that is taken: of the calendar, and of holds that are not the owner's.

        Our own events are left out where the database knows better: the hold may have been released since. One that staff
        have moved counts where it is now, too.
        """
        known = {hold.uid: hold for hold in holds}
        held = [hold.span for hold in holds if hold.state != "released" and not (owner and hold.owner == owner)]
        return [*(entry.span for entry in self.busy if not _is_hold(entry, known.get(entry.uid))), *held]


def _is_hold(entry: Busy, hold: Hold | None) -> bool:
    return hold is not None and hold.span == entry.span


def store(database: Database, copy: Copy) -> None:
    """Replaces the copy. Raises StoreError."""
    rows = [[_minute(entry.span.start), _minute_up(entry.span.end), entry.uid] for entry in copy.busy]
    values = {"id": ROW, "read_at": to_naive_utc(copy.read_at), "until": to_naive_utc(copy.until), "busy": rows}
    with database.writing("copy the calendar") as connection:
        connection.execute(delete(calendar_copies))
        connection.execute(insert(calendar_copies).values(values))


def load(connection: Connection) -> Copy | None:
    """The copy; None before the first."""
    row: Any = connection.execute(select(calendar_copies)).first()
    if row is None:
        return None
    busy = tuple(Busy(Span(_moment(start), _moment(end)), uid) for start, end, uid in row.busy)
    return Copy(row.read_at.replace(tzinfo=UTC), row.until.replace(tzinfo=UTC), busy)


def _minute(moment: datetime) -> int:
    """Minutes since 1970, rounded down."""
    return int(moment.timestamp()) // 60


def _minute_up(moment: datetime) -> int:
    """Minutes since 1970, rounded up."""
    return -(-int(moment.timestamp()) // 60)


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)
