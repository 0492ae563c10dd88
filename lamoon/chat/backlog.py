"""What the database holds that still has to be done, for metrics and `lamoon status`: numbers and ages only.

All gateways that share a database read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.engine import Connection

from lamoon.chat.store import WAITING
from lamoon.storage.database import Database
from lamoon.storage.tables import calendar_copies, deliveries, erasures, leases, messages, outbox
from lamoon.storage.time import now, to_naive_utc

_LOCK_WAITERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass(frozen=True)
class Backlog:
    """What waits. Ages are seconds, 0 where nothing waits.

    Attributes:
        waiting: messages that wait for their answer.
        oldest_message: age of the oldest of them whose turn has come.
        oldest_notice: how long the oldest notice that is due has been due.
        notices: by state: `waiting` (no attempt yet, reminders of later included), `retrying`, `failed` (given up).
        deliveries: messages to platforms by state: `due`, `failed`.
        erasures: conversations that Rasa still has to forget.
        leases: held by some process.
        lock_waiters: sessions of PostgreSQL that wait for a lock.
        calendar_age: of the copy of the studio's calendar; None without one.
    """

    waiting: int
    oldest_message: float
    oldest_notice: float
    notices: Mapping[str, int]
    deliveries: Mapping[str, int]
    erasures: int
    leases: int
    lock_waiters: int
    calendar_age: float | None


def read_backlog(database: Database) -> Backlog:
    """Reads all of it in one transaction. Raises StoreError."""
    with database.reading("count what waits") as connection:
        return count_backlog(connection)


def count_backlog(connection: Connection) -> Backlog:
    """The same inside a transaction."""
    moment = to_naive_utc(now())
    waits = messages.c.state.in_(WAITING)
    come = or_(messages.c.due_at.is_(None), messages.c.due_at <= moment)
    since_message = select(func.min(func.coalesce(messages.c.due_at, messages.c.at))).where(waits, come)
    due = and_(outbox.c.status == "queued", outbox.c.due_at <= moment)
    due = and_(due, or_(outbox.c.not_before.is_(None), outbox.c.not_before <= moment))
    since_notice = select(outbox.c.due_at, outbox.c.not_before).where(due).order_by(outbox.c.due_at).limit(1)
    notice = connection.execute(since_notice).first()
    began = max(filter(None, notice)) if notice else None
    return Backlog(
        waiting=_count(connection, messages, waits),
        oldest_message=_age(moment, connection.execute(since_message).scalar()),
        oldest_notice=_age(moment, began),
        notices={
            "waiting": _count(connection, outbox, (outbox.c.status == "queued") & (outbox.c.attempts == 0)),
            "retrying": _count(connection, outbox, (outbox.c.status == "queued") & (outbox.c.attempts > 0)),
            "failed": _count(connection, outbox, outbox.c.status == "failed"),
        },
        deliveries={state: _count(connection, deliveries, deliveries.c.state == state) for state in ("due", "failed")},
        erasures=_count(connection, erasures),
        leases=_leases(connection),
        lock_waiters=_lock_waiters(connection),
        calendar_age=_calendar_age(connection, moment),
    )


def _count(connection: Connection, table: Any, *so: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*so)).scalar_one())


def _age(moment: datetime, since: datetime | None) -> float:
    return max(0.0, (moment - since).total_seconds()) if since else 0.0


def _is_shared(connection: Connection) -> bool:
    return bool(connection.dialect.name == "postgresql")


def _leases(connection: Connection) -> int:
    return _count(connection, leases, leases.c.until >= func.now()) if _is_shared(connection) else 0


def _lock_waiters(connection: Connection) -> int:
    return int(connection.execute(_LOCK_WAITERS).scalar_one()) if _is_shared(connection) else 0


def _calendar_age(connection: Connection, moment: datetime) -> float | None:
    read_at = connection.execute(select(calendar_copies.c.read_at)).scalar()
    return _age(moment, read_at) if read_at else None
