"""How long things are kept: what is older goes by itself, and how much went is on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Column, Date, Integer, Table, delete, insert, or_, select, update

from lamoon.booking.database import Database
from lamoon.booking.request import now
from lamoon.booking.store import plain
from lamoon.booking.tables import metadata, outbox, requests
from lamoon.gateway.desk.inbox.tables import handled
from lamoon.gateway.records import GoneError
from lamoon.gateway.store import ChatStore

FINISHED = ("confirmed", "declined", "done")

purges = Table(  # a row for every day; no names, only how many
    "chat_purges",
    metadata,
    Column("day", Date, primary_key=True),  # at the studio
    Column("conversations", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
)


@dataclass(frozen=True)
class Purge:
    """How much went on a day."""

    day: date
    conversations: int
    requests: int


class Retention:
    """What is kept of one database: conversations until they were idle for `idle`, finished requests for `age`.

    Days begin when they do at the studio. All methods block, and raise StoreError when the database fails.
    """

    def __init__(
        self,
        database: Database,
        store: ChatStore,
        idle: timedelta,
        age: timedelta,
        zone: tzinfo,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._store = store
        self.idle = idle
        self.age = age
        self._zone = zone
        self._clock = clock

    def apply(self) -> None:
        """Deletes idle conversations, their requests stay; and the first time on a day the old requests."""
        today = self._clock().astimezone(self._zone).date()
        if self._begin(today):
            self._note(today, requests=self._delete_old_requests())
        if gone := self._delete_idle():
            self._note(today, conversations=gone)

    def latest(self, limit: int = 7) -> Sequence[Purge]:
        """What went on the latest days on which somebody looked, the newest first."""
        with self._database.reading("read what was deleted") as connection:
            rows = connection.execute(select(purges).order_by(purges.c.day.desc()).limit(limit)).all()
        return [Purge(row.day, row.conversations, row.requests) for row in rows]

    def _begin(self, today: date) -> bool:
        """Whether this is the first look of the day."""
        with self._database.writing("begin a day") as connection:
            if connection.execute(select(purges.c.day).where(purges.c.day == today)).first():
                return False
            connection.execute(insert(purges).values(day=today, conversations=0, requests=0))
            return True

    def _note(self, day: date, **gone: int) -> None:
        more = {purges.c[name]: purges.c[name] + number for name, number in gone.items()}
        with self._database.writing("note what was deleted") as connection:
            connection.execute(update(purges).where(purges.c.day == day).values(more))

    def _delete_idle(self) -> int:
        gone = 0
        for conversation_id in self._store.idle(self.idle):
            try:
                self._store.delete(conversation_id, bookings=False)
            except GoneError:
                continue
            gone += 1
        return gone

    def _delete_old_requests(self) -> int:
        """Those whose notice reached the studio or that the team has finished; what nobody saw yet stays."""
        sent = select(outbox.c.request_id).where(outbox.c.status == "sent")
        finished = select(handled.c.reference).where(handled.c.status.in_(FINISHED))
        over = or_(requests.c.id.in_(sent), requests.c.reference.in_(finished))
        old = requests.c.created_at < plain(self._clock() - self.age)
        with self._database.writing("delete old requests") as connection:
            gone = int(connection.execute(delete(requests).where(old, over)).rowcount)
        if gone:
            self._database.scrub()
        return gone
