"""Daily counts of events in conversations, from a consumer of Rasa's events.

The tables have no revisions and are not in backups: a consumer creates them on its first run, and an installation
without a broker has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import Connection

from lamoon.errors import ContractError
from lamoon.storage.database import Database
from lamoon.storage.time import now, to_naive_utc

EVENT_QUEUE: Final = "lamoon_events"
"""RabbitMQ's exchange and queue of counted events."""


@dataclass(frozen=True)
class CountedEvent:
    """An event of a conversation for statistics, without the visitor's words or identity.

    Attributes:
        id: the same at each delivery.
        kind: Rasa's name of the event's type, such as "action".
        name: of the intent, action or form; "" for none.
        at: seconds since 1970.
    """

    id: str
    kind: str
    name: str
    at: float

    def to_json(self) -> dict[str, Any]:
        """Return the event as published."""
        return {"id": self.id, "kind": self.kind, "name": self.name, "at": self.at}

    @classmethod
    def from_json(cls, value: Any) -> CountedEvent:
        """Read what `to_json` wrote. Raises ContractError for anything else."""
        try:
            key, kind, name, at = str(value["id"]), str(value["kind"]), str(value["name"]), float(value["at"])
        except (KeyError, TypeError, ValueError):
            raise ContractError("not a counted event: expected id, kind, name and at") from None
        if not key or len(key) > 64 or len(kind) > 40 or len(name) > 120:
            raise ContractError(
                "not a counted event: expected an id up to 64, a kind up to 40, a name up to 120 characters"
            )
        return cls(key, kind, name, at)


metadata = MetaData()
counts = Table(
    "event_counts",
    metadata,
    Column("day", Date, primary_key=True),  # UTC
    Column("kind", String(40), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("count", Integer, nullable=False),
)
counted = Table(
    "event_counts_seen",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
)
REMEMBERED: Final = timedelta(days=7)
"""How long a repeated delivery of a counted event is recognised."""


class EventCounts:
    """The counts in one database. Methods block, and raise StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.make(metadata)

    def add(self, events: Sequence[CountedEvent]) -> int:
        """Count new events, all or none; return their number. Raises StoreError also when another consumer counts the
        same event concurrently: try again.
        """
        with self._database.writing("count events") as connection:
            return sum(_add(connection, event) for event in events)

    def forget(self) -> None:
        """Forget the ids of events counted long ago; their counts stay."""
        with self._database.writing("forget counted events") as connection:
            connection.execute(delete(counted).where(counted.c.at < to_naive_utc(now() - REMEMBERED)))


def _add(connection: Connection, event: CountedEvent) -> bool:
    if connection.execute(select(counted.c.id).where(counted.c.id == event.id)).first():
        return False
    connection.execute(insert(counted).values(id=event.id, at=to_naive_utc(now())))
    row = {"day": datetime.fromtimestamp(event.at, UTC).date(), "kind": event.kind, "name": event.name}
    theirs = [counts.c[name] == value for name, value in row.items()]
    if not connection.execute(update(counts).where(*theirs).values(count=counts.c.count + 1)).rowcount:
        connection.execute(insert(counts).values(**row, count=1))
    return True


def event_totals(connection: Connection, since: date) -> Sequence[tuple[str, str, int]] | None:
    """Return kind, name and count since a day, the most frequent first; None if nothing was ever counted."""
    if not inspect(connection).has_table(counts.name):
        return None
    total = func.sum(counts.c.count)
    query: Any = select(counts.c.kind, counts.c.name, total).where(counts.c.day >= since)
    query = query.group_by(counts.c.kind, counts.c.name).order_by(total.desc(), counts.c.kind, counts.c.name)
    return [(row[0], row[1], int(row[2])) for row in connection.execute(query)]
