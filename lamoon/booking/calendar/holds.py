"""Holds: times of the studio's calendar that are reserved for one visitor.

    held       15 minutes, for whom it was offered; released when they have passed
    kept       for a request that was sent, until the team confirms or declines it
    confirmed  by the team
    released   free again; the row stays until the calendar has no event of it

The database decides who has a time: each five minutes of a hold are a row that exists once. The calendar follows
(`keeper`). Functions with a connection run in an open transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from lamoon.booking.calendar.adapter import UID_PREFIX
from lamoon.booking.calendar.times import Span
from lamoon.storage.database import Database
from lamoon.storage.tables import hold_cells, holds, requests
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

State = Literal["held", "kept", "confirmed", "released"]
HOLD: Final = timedelta(minutes=15)
PAST: Final = timedelta(days=1)
CELL: Final = 300
"""Seconds of a cell."""
ACTIVE: Final = ("held", "kept", "confirmed")
CONFIRMED: Final = ("confirmed",)
ENDED: Final = ("declined", "cancelled", "held")
"""Events of a request that free its time."""


@dataclass(frozen=True)
class Hold:
    """A hold, of an `owner` or of the request with a `reference`.

    `mirrored` is its state in the calendar; empty if the calendar does not have it.
    """

    id: int
    uid: str
    owner: str
    span: Span
    state: State
    reference: str
    expires_at: datetime | None
    mirrored: str


class Holds:
    """The holds of one database. `clock` returns the time in UTC. Methods raise StoreError when the database fails.

    Args:
        database: where they are.
        buffer: kept free after each.
        clock: the time.
    """

    def __init__(
        self, database: Database, buffer: timedelta = timedelta(), clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._buffer = buffer
        self._clock = clock

    def take(self, owner: str, span: Span) -> Hold | None:
        """Hold a time for 15 minutes; None if any part of it is taken. An owner has one hold: a new one releases the
        old one, and the same one restarts its 15 minutes.
        """
        for _ in range(2):  # a second request of the same owner may have been faster
            if not self._is_free(owner, span):  # most late requests need no lock to find that out
                return None
            try:
                with self._database.writing("hold a time") as connection:
                    return self._taken(connection, owner, span)
            except _TakenError:
                continue
        return None

    def extend(self, owner: str) -> Hold | None:
        """Restart the 15 minutes of the owner's hold, even of an expired one; None if the time is taken by now."""
        hold = self.of(owner)
        return self.take(owner, hold.span) if hold else None

    def of(self, owner: str) -> Hold | None:
        """Return the owner's hold, including an expired one whose time is still free."""
        with self._database.reading("read a hold") as connection:
            return _first(connection, (holds.c.owner == owner) & (holds.c.state == "held"))

    def for_request(self, reference: str) -> Hold | None:
        """Return the hold of a request; None if it has none."""
        with self._database.reading("read a hold") as connection:
            return _first(connection, (holds.c.reference == reference) & holds.c.state.in_(ACTIVE))

    def release(self, owner: str) -> None:
        """Release the owner's hold, if there is one."""
        with self._database.writing("give up a hold") as connection:
            give_up(connection, owner)

    def release_expired(self) -> int:
        """Release expired holds and those of deleted requests; delete those of past days. Returns the number of
        released holds.
        """
        moment = to_naive_utc(self._clock())
        up = and_(holds.c.state == "held", holds.c.expires_at <= moment)
        gone_requests = holds.c.reference.not_in(select(requests.c.reference))
        orphaned = and_(holds.c.state.in_(("kept", "confirmed")), gone_requests)
        past = holds.c.ends_at <= moment - PAST  # their events are the studio's diary
        with self._database.reading("look for old holds") as connection:
            if connection.execute(select(holds.c.id).where(or_(up, orphaned, past)).limit(1)).first() is None:
                return 0
        with self._database.writing("release old holds") as connection:
            gone = int(connection.execute(delete(holds).where(past)).rowcount)
            return gone + _release(connection, or_(up, orphaned))

    def _is_free(self, owner: str, span: Span) -> bool:
        """Return whether the time is free; an expired hold on it is released."""
        moment = to_naive_utc(self._clock())
        wanted = cells(span, self._buffer)
        others = select(holds.c.id, holds.c.state, holds.c.expires_at).join(hold_cells).distinct()
        others = others.where(hold_cells.c.cell.between(wanted.start, wanted.stop - 1))
        others = others.where(or_(holds.c.owner.is_(None), holds.c.owner != owner))
        with self._database.reading("look for holds") as connection:
            found = connection.execute(others).all()
        over = [row.id for row in found if row.state == "held" and row.expires_at <= moment]
        if len(over) < len(found):
            return False
        if over:
            with self._database.writing("release old holds") as connection:
                up = and_(holds.c.state == "held", holds.c.expires_at <= moment)
                _release(connection, and_(holds.c.id.in_(over), up))
        return True

    def taken(self, connection: Connection) -> Sequence[Hold]:
        """Return all current holds, and released ones whose event may still be in the calendar."""
        rows = connection.execute(select(holds).where(holds.c.ends_at > to_naive_utc(self._clock()))).all()
        return [_hold(row) for row in rows]

    def to_mirror(self, limit: int = 50) -> Sequence[Hold]:
        """Return the holds that differ from the calendar, oldest first."""
        with self._database.reading("look for holds") as connection:
            rows = connection.execute(
                select(holds).where(holds.c.mirrored != holds.c.state).order_by(holds.c.id).limit(limit)
            ).all()
        return [_hold(row) for row in rows]

    def mark_mirrored(self, hold: Hold) -> None:
        """Record the state of a hold in the calendar. A released hold is then deleted."""
        with self._database.writing("note what the calendar has") as connection:
            if hold.state == "released":
                connection.execute(delete(holds).where(holds.c.id == hold.id, holds.c.state == "released"))
            else:
                connection.execute(update(holds).where(holds.c.id == hold.id).values(mirrored=hold.state))

    def drop(self, hold: Hold) -> None:
        """Release a hold that conflicts with the calendar by now."""
        with self._database.writing("release a hold") as connection:
            _release(connection, holds.c.id == hold.id)

    def _taken(self, connection: Connection, owner: str, span: Span) -> Hold | None:
        expires_at = to_naive_utc(self._clock() + HOLD)
        starts_at, ends_at = to_naive_utc(span.start), to_naive_utc(span.end)
        before = _first(connection, and_(holds.c.owner == owner, holds.c.state == "held"))
        if before and before.span == span:
            connection.execute(update(holds).where(holds.c.id == before.id).values(expires_at=expires_at))
            return _first(connection, holds.c.id == before.id)
        _release(connection, holds.c.owner == owner)
        values = {
            "uid": f"{UID_PREFIX}{uuid.uuid4().hex}",
            "owner": owner,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "state": "held",
            "expires_at": expires_at,
            "mirrored": "",
        }
        try:
            hold_id = connection.execute(insert(holds).values(values)).inserted_primary_key[0]
            rows = [{"cell": cell, "hold_id": hold_id} for cell in cells(span, self._buffer)]
            connection.execute(insert(hold_cells), rows)
        except IntegrityError:
            raise _TakenError from None
        return _first(connection, holds.c.id == hold_id)


class _TakenError(Exception):
    """A part of the time is taken, or the owner has concurrently taken another hold."""


def cells(span: Span, buffer: timedelta) -> range:
    """Return the numbers of the five-minute cells that a span covers, including the buffer after it."""
    first = int(span.start.timestamp()) // CELL
    return range(first, -(-int((span.end + buffer).timestamp()) // CELL))


def keep(connection: Connection, owner: str, reference: str) -> bool:
    """Transfer the owner's hold to a request, until the team decides. False if it is gone. A second call for the same
    request changes nothing.
    """
    if _first(connection, and_(holds.c.reference == reference, holds.c.state.in_(ACTIVE))):
        return True
    mine = and_(holds.c.owner == owner, holds.c.state == "held")
    given = update(holds).where(mine).values(owner=None, reference=reference, state="kept", expires_at=None)
    return bool(connection.execute(given).rowcount)


def give_up(connection: Connection, owner: str) -> None:
    """Release the owner's hold, if there is one."""
    _release(connection, holds.c.owner == owner)


def follow(connection: Connection, reference: str, status: str, starts_at: datetime | None = None) -> None:
    """Update the hold of a request after an event: confirmed, released, or unchanged. A request confirmed for another
    time (`starts_at`) frees the hold.
    """
    mine = and_(holds.c.reference == reference, holds.c.state.in_(ACTIVE))
    if status in CONFIRMED:
        if starts_at:
            _release(connection, and_(mine, holds.c.starts_at != to_naive_utc(starts_at)))
        connection.execute(update(holds).where(mine).values(state="confirmed"))
    elif status in ENDED:
        _release(connection, mine)


def _release(connection: Connection, which: Any) -> int:
    """Free the time of holds; return their number."""
    found = select(holds.c.id).where(which, holds.c.state != "released").order_by(holds.c.id)
    ids = connection.execute(found.with_for_update(skip_locked=True)).scalars().all()
    if not ids:
        return 0
    connection.execute(delete(hold_cells).where(hold_cells.c.hold_id.in_(ids)))
    gone = update(holds).where(holds.c.id.in_(ids))
    connection.execute(gone.values(state="released", owner=None, reference=None, expires_at=None))
    return len(ids)


def _first(connection: Connection, which: Any) -> Hold | None:
    row = connection.execute(select(holds).where(which)).first()
    return _hold(row) if row else None


def _hold(row: Any) -> Hold:
    return Hold(
        id=row.id,
        uid=row.uid,
        owner=row.owner or "",
        span=Span(row.starts_at.replace(tzinfo=UTC), row.ends_at.replace(tzinfo=UTC)),
        state=row.state,
        reference=row.reference or "",
        expires_at=from_naive_utc(row.expires_at) if row.expires_at else None,
        mirrored=row.mirrored,
    )
