"""Retention and permanent deletion: in the chat, in Rasa and in the booking store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Generic, TypeVar

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from lamoon.booking import BookingStore
from lamoon.chat.limits import Buckets
from lamoon.chat.model import turns_lease
from lamoon.chat.records import GoneError
from lamoon.chat.store import ChatStore
from lamoon.chat.withdrawals import Withdrawals
from lamoon.contract import all_runs, conversation_of
from lamoon.errors import StoreError
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.storage.database import Database
from lamoon.storage.leases import Leases
from lamoon.storage.tables import outbox, purges, requests
from lamoon.storage.time import now, to_naive_utc
from lamoon.text.redaction import Redaction

Key = TypeVar("Key", bound=Hashable)


class SecondLook(Generic[Key]):
    """Remembers since when each item has been overdue. `grace` is in seconds of `running`, a clock that cannot be set."""

    def __init__(self, grace: float, running: Callable[[], float] = time.monotonic) -> None:
        self._grace = grace
        self._running = running
        self._since: dict[Key, float] = {}

    def ripe(self, overdue: Iterable[Key]) -> Sequence[Key]:
        """Those of `overdue`, the full current list, that have been overdue at every look for `grace` seconds."""
        now = self._running()
        self._since = {key: self._since.get(key, now) for key in overdue}
        return [key for key, since in self._since.items() if now - since >= self._grace]


log = logging.getLogger("lamoon.chat.retention")

GRACE_SECONDS = 12 * 3600.0
"""Less than a day, so that a gateway restarted every night deletes too."""
JUMP_SECONDS = 60.0
FINISHED = ("confirmed", "declined", "cancelled", "done")


@dataclass(frozen=True)
class Purge:
    """What was deleted on a day."""

    day: date
    conversations: int
    requests: int


class Retention:
    """Retention in one database: conversations until they were idle for `idle`, finished requests for `age`.

    Days begin at midnight in the studio's time zone. `running` counts the seconds this process has run. All methods
    block, and raise StoreError when the database fails.
    """

    def __init__(
        self,
        database: Database,
        store: ChatStore,
        idle: timedelta,
        age: timedelta,
        zone: tzinfo,
        clock: Callable[[], datetime] = now,
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._store = store
        self.idle = idle
        self.age = age
        self._zone = zone
        self._clock = clock
        self._running = running
        self._offset: float | None = None
        self._idle_ones = SecondLook[str](GRACE_SECONDS, running)
        self._old_ones = SecondLook[int](GRACE_SECONDS, running)

    def apply(self) -> None:
        """Deletes idle conversations, without their requests, and old requests."""
        self._watch_clock()
        today = self._today()
        self._begin(today)
        if gone := self._delete_old_requests():
            self._note(today, requests=gone)
        if gone := self._delete_idle():
            self._note(today, conversations=gone)

    def latest(self, limit: int = 7) -> Sequence[Purge]:
        """What was deleted on the latest days with a look, newest first."""
        query = select(purges).where(purges.c.day <= self._today())  # later ones come from a clock that was wrong
        with self._database.reading("read what was deleted") as connection:
            rows = connection.execute(query.order_by(purges.c.day.desc()).limit(limit)).all()
        return [Purge(row.day, row.conversations, row.requests) for row in rows]

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _watch_clock(self) -> None:
        """Logs a jump of the clock: it was set, or the machine slept."""
        offset = self._clock().timestamp() - self._running()
        moved = offset - self._offset if self._offset is not None else 0.0
        if abs(moved) > JUMP_SECONDS:
            hours = GRACE_SECONDS / 3600
            log.warning(
                "This machine's clock moved by %+.0f s. What is old by it is deleted in %.0f hours.", moved, hours
            )
        self._offset = offset

    def _begin(self, today: date) -> None:
        """Records today's look."""
        with self._database.writing("begin a day") as connection:
            if not connection.execute(select(purges.c.day).where(purges.c.day == today)).first():
                connection.execute(insert(purges).values(day=today, conversations=0, requests=0))

    def _note(self, day: date, **gone: int) -> None:
        more = {purges.c[name]: purges.c[name] + number for name, number in gone.items()}
        with self._database.writing("note what was deleted") as connection:
            connection.execute(update(purges).where(purges.c.day == day).values(more))

    def _delete_idle(self) -> int:
        gone = 0
        for conversation_id in self._idle_ones.ripe(self._store.idle(self.idle, self._clock())):
            try:
                self._store.delete(conversation_id, bookings=False)
            except GoneError:
                continue
            gone += 1
        return gone

    def _delete_old_requests(self) -> int:
        """Deletes old requests that reached the studio or that the team finished; unseen ones and coming
        appointments stay.
        """
        to_studio = outbox.c.route.in_(("studio_email", "webhook"))
        sent = select(outbox.c.request_id).where(outbox.c.status == "sent", to_studio)
        past = or_(requests.c.starts_at.is_(None), requests.c.starts_at < to_naive_utc(self._clock()))
        over = and_(or_(requests.c.id.in_(sent), requests.c.state.in_(FINISHED)), past)
        old = requests.c.created_at < to_naive_utc(self._clock() - self.age)
        with self._database.reading("look for old requests") as connection:
            found = connection.execute(select(requests.c.id).where(old, over)).scalars().all()
        ripe = self._old_ones.ripe(found)
        if not ripe:
            return 0
        with self._database.writing("delete old requests") as connection:
            one = delete(requests).where(requests.c.id == bindparam("one"), old, over)
            gone = sum(int(connection.execute(one, {"one": request_id}).rowcount) for request_id in ripe)
        if gone:
            self._database.scrub()
        return gone


PAUSE_SECONDS = 60.0
RETENTION_LEASE = "retention"
BUSY_SECONDS = 1.0
"""How soon to try again what another gateway is still busy with."""


class Eraser:
    """Processes queued erasures and what `retention` releases. `changed` is called with a conversation whose messages are
    others now.
    """

    def __init__(
        self,
        store: ChatStore,
        bookings: BookingStore,
        rasa: RasaClient,
        retention: Retention,
        leases: Leases,
        buckets: Buckets,
        changed: Callable[[str], None],
    ) -> None:
        self._store = store
        self._bookings = bookings
        self._withdrawals = Withdrawals(bookings.database)
        self._rasa = rasa
        self._retention = retention
        self._leases = leases
        self._buckets = buckets
        self._changed = changed
        self._woken = asyncio.Event()
        self._clean = False  # an earlier process's last deletions may still be in SQLite's log

    def wake(self) -> None:
        """Announces an erasure."""
        self._woken.set()

    async def run(self) -> None:
        """Erases whenever woken, and every minute, until cancelled, whatever goes wrong in between."""
        while True:
            for work in (self._apply_retention, self.erase_all, self.withdraw_all, self._scrub):
                await _guarded(work)
            try:
                await asyncio.wait_for(self._woken.wait(), PAUSE_SECONDS)
            except TimeoutError:
                continue
            finally:
                self._woken.clear()

    async def erase_all(self) -> None:
        """Erases what is queued, with its traces in the files. Raises RasaError or StoreError; the rest stays queued."""
        for sender, bookings in await asyncio.to_thread(self._store.to_erase):
            self._clean = False
            if bookings:
                await asyncio.to_thread(self._bookings.forget, sender)
            await self._scrub()  # before Rasa, which may be down
            async with self._leases.hold(turns_lease(conversation_of(sender) or sender)) as lease:
                if lease is None:  # another gateway still answers there, which Rasa would keep
                    asyncio.get_running_loop().call_later(BUSY_SECONDS, self.wake)
                    continue
                await self._rasa.forget(sender)
                await asyncio.to_thread(self._store.erased, sender)

    async def withdraw_all(self) -> None:
        """Takes the words of deleted messages out of what quotes them. Raises RasaError or StoreError; the rest stays
        queued.
        """
        for gone in await asyncio.to_thread(self._withdrawals.pending):
            if gone.words is None:
                asyncio.get_running_loop().call_later(BUSY_SECONDS, self.wake)
                continue
            self._clean = False
            redactions = [Redaction(words) for words in gone.words]
            async with self._leases.hold(turns_lease(conversation_of(gone.sender) or gone.sender)) as lease:
                if lease is None:
                    asyncio.get_running_loop().call_later(BUSY_SECONDS, self.wake)
                    continue
                for words, redaction in zip(gone.words, redactions, strict=True):
                    await self._rasa.forget_message(gone.sender, gone.turn_id, words)
                    await asyncio.to_thread(self._bookings.redact, all_runs(gone.sender), redaction)
                await asyncio.to_thread(self._withdrawals.redact, gone.message_id, redactions)
            self._changed(conversation_of(gone.sender))

    async def _apply_retention(self) -> None:
        """One gateway looks at a time: two would delete the same, and begin the same day."""
        async with self._leases.hold(RETENTION_LEASE) as lease:
            if lease:
                await asyncio.to_thread(self._retention.apply)
                await asyncio.to_thread(self._buckets.drop_full)

    async def _scrub(self) -> None:
        if not self._clean:
            self._clean = await asyncio.to_thread(self._bookings.database.scrub)
        if not self._clean:
            raise StoreError("SQLite's log, which may hold deleted words, is in use by another program")


async def _guarded(work: Callable[[], Awaitable[None]]) -> None:
    """Does a part of the work. What fails is logged and tried again the next time, and keeps no other part from its turn."""
    try:
        await work()
    except (StoreError, RasaError) as error:
        log.warning("Erasing goes on later: %s", error)
    except Exception as error:
        # Only the type: the text of an error may hold what a visitor wrote.
        log.error("Erasing failed and is tried again: %s", type(error).__name__)
