"""Short messages to every other process that shares a PostgreSQL database, by its LISTEN and NOTIFY.

Messages sent while a process is disconnected do not reach it; on reconnecting it is notified that it may have missed
some. With SQLite there are no other processes. LISTEN needs a persistent connection: a connection pooler has to be in
session mode, or bypassed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

import psycopg2
from sqlalchemy import text

from lamoon.errors import StoreError
from lamoon.retry import backoff
from lamoon.storage.database import Database

log = logging.getLogger("lamoon.storage.broadcast")

HEARTBEAT_SECONDS: Final = 5.0
"""How often a silent connection is tested, because a lost one gives no sign."""
MOST_WAITING: Final = 10_000
_CHANNEL: Final = "SELECT 'lamoon_' || md5(current_schema())"
_NOTIFY: Final = text("SELECT pg_notify('lamoon_' || md5(current_schema()), :words)")

Reader = Callable[[Any], None]


class Broadcast:
    """The connection of this process to those that share its database. `owner` names the process, which ignores its own
    messages.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner
        self.is_shared = database.dialect == "postgresql"
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def send(self, topic: str, value: Any) -> None:
        """Queue a value (as JSON at most 7,900 bytes) for all other processes. Drops it if the queue is full."""
        if self.is_shared:
            with contextlib.suppress(asyncio.QueueFull):
                self._waiting.put_nowait(json.dumps([self._owner, topic, value], separators=(",", ":")))

    async def run(self, readers: Mapping[str, Reader], missed: Callable[[], None]) -> None:
        """Send and receive until cancelled.

        `readers` by topic. `missed` is called after a disconnection, when messages may have been lost.
        """
        if self.is_shared:
            await asyncio.gather(self._send_all(), self._receive_all(readers, missed))

    async def _send_all(self) -> None:
        while True:
            words = [await self._waiting.get()]
            while not self._waiting.empty():
                words.append(self._waiting.get_nowait())
            try:
                await asyncio.to_thread(self._notify, words)
            except StoreError as error:
                log.warning("Other gateways were not woken: %s", error)

    def _notify(self, words: list[str]) -> None:
        with self._database.writing("wake other gateways") as connection:
            connection.execute(_NOTIFY, [{"words": one} for one in words])

    async def _receive_all(self, readers: Mapping[str, Reader], missed: Callable[[], None]) -> None:
        attempt = 0
        while True:
            try:
                async with self._listening() as connection:
                    missed()
                    attempt = 0
                    await self._receive(connection, readers)
            except (StoreError, psycopg2.Error, OSError) as error:
                attempt += 1
                log.warning("Not listening to other gateways: %s", type(error).__name__)
                await asyncio.sleep(backoff(attempt))

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[Any]:
        connection = await asyncio.to_thread(self._connect)
        try:
            yield connection
        finally:
            connection.close()

    def _connect(self) -> Any:
        connection = self._database.own_connection()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_CHANNEL)
            cursor.execute(f'LISTEN "{cursor.fetchone()[0]}"')
        return connection

    async def _receive(self, connection: Any, readers: Mapping[str, Reader]) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        # A copy of the descriptor: the driver closes its own at the first error, while the loop still watches it. The
        # next visitor's connection would be given that number, and never be read.
        watched = os.dup(connection.fileno())
        loop.add_reader(watched, ready.set)
        try:
            while True:
                try:
                    await asyncio.wait_for(ready.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await asyncio.to_thread(_try, connection)
                ready.clear()
                connection.poll()
                while connection.notifies:
                    owner, topic, value = json.loads(connection.notifies.pop(0).payload)
                    if owner != self._owner and topic in readers:  # ignore messages of a newer version
                        readers[topic](value)
        finally:
            loop.remove_reader(watched)
            os.close(watched)


def _try(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
