"""The audit record. The desk can append to it and read it, never change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, bindparam, func, insert, select

from lamoon.storage.database import Database
from lamoon.storage.tables import audit
from lamoon.storage.time import now, to_naive_utc


@dataclass(frozen=True)
class Entry:
    """One action of a member of staff. `at` is UTC."""

    id: int
    at: datetime
    staff: str
    action: str
    subject: str
    details: dict[str, Any]


class Audit:
    """The record in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, staff: str, action: str, subject: str = "", **details: object) -> None:
        """Appends an entry. `details` hold no visitor's words: the record outlives an erasure."""
        row = {"at": to_naive_utc(now()), "staff": staff, "action": action, "subject": subject, "details": details}
        with self._database.writing("keep the record") as connection:
            connection.execute(insert(audit).values(row))

    def latest(self, limit: int = 200, before: int | None = None, staff: str = "", action: str = "") -> Sequence[Entry]:
        """The latest entries, newest first: older than the one `before`, of one person, of one kind of action."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        query = query if before is None else query.where(audit.c.id < before)
        query = query.where(audit.c.staff == staff) if staff else query
        query = query.where(audit.c.action == action) if action else query
        with self._database.reading("read the record") as connection:
            rows = connection.execute(query).all()
        return [
            Entry(row.id, row.at.replace(tzinfo=UTC), row.staff, row.action, row.subject, row.details) for row in rows
        ]

    def people(self) -> Sequence[str]:
        """All people in the record."""
        return self._values(audit.c.staff)

    def actions(self) -> Sequence[str]:
        """All kinds of action in the record."""
        return self._values(audit.c.action)

    def _values(self, column: Column[str]) -> Sequence[str]:
        """Distinct values by index hops, because the record may be long."""
        found: list[str] = []
        with self._database.reading("read the record") as connection:
            query = select(func.min(column)).where(column > bindparam("last"))
            while (value := connection.execute(query, {"last": found[-1] if found else ""}).scalar()) is not None:
                found.append(value)
        return found
