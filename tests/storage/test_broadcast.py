"""Messages of one process reach every other that shares the database, and gaps are detected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from lamoon.storage.broadcast import Broadcast
from lamoon.storage.database import Database


@dataclass
class Process:
    """The messages that a process has read, and how often it may have missed some."""

    broadcast: Broadcast
    read: list[Any] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        readers = {"words": self.read.append}
        task = asyncio.create_task(self.broadcast.run(readers, lambda: self.gaps.append(1)))
        if self.broadcast.is_shared:
            await eventually(lambda: self.gaps)
        yield self
        task.cancel()


async def eventually(so: Callable[[], Any], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not so():
            await asyncio.sleep(0.01)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


async def test_all_others_read_it_in_order_and_the_sender_does_not(database: Database) -> None:
    processes = [Process(Broadcast(database, owner)) for owner in ("ann", "ben", "cat")]
    async with processes[0].running() as ann, processes[1].running() as ben, processes[2].running() as cat:
        words = [{"number": number, "text": "ä李\U0001f64f'"} for number in range(100)]
        for value in words:
            ann.broadcast.send("words", value)
        await eventually(lambda: len(ben.read) == len(cat.read) == 100)
        assert ben.read == cat.read == words
        assert ann.read == []
        ben.broadcast.send("of a newer version", 1)
        ben.broadcast.send("words", 2)
        await eventually(lambda: ann.read)
        assert ann.read == [2]


async def test_a_connection_that_was_cut_is_made_again_and_the_gap_is_told(
    database: Database, postgres_url: str
) -> None:
    async with Process(Broadcast(database, "ann")).running() as ann:
        admin = Database(postgres_url)
        cut_listeners(admin)
        await eventually(lambda: len(ann.gaps) == 2)
        Broadcast(admin, "ben").send("words", "lost: it does not run")
        async with Process(Broadcast(admin, "cat")).running() as cat:
            cat.broadcast.send("words", "again")
            await eventually(lambda: ann.read == ["again"])
        admin.close()


async def test_a_connection_that_was_cut_leaves_its_file_number_to_visitors(
    database: Database, postgres_url: str
) -> None:
    """A loop that watches a closed number never reads from the next connection that is given it."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def visit() -> bytes:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        async with asyncio.timeout(2):
            line = await reader.readline()
        writer.close()
        return line

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    admin = Database(postgres_url)
    async with Process(Broadcast(database, "ann")).running() as ann, server:
        for cuts in range(1, 4):
            cut_listeners(admin)
            while len(ann.gaps) <= cuts:
                assert await asyncio.gather(*(visit() for _ in range(10))) == [b"hello\n"] * 10
    admin.close()


def cut_listeners(admin: Database) -> None:
    """End the connections that listen on this schema's channel."""
    with admin.writing("cut all others") as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND query LIKE 'LISTEN %%' || md5(current_schema()) || '%%'"
        )


async def test_a_file_has_nobody_to_reach(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with Process(Broadcast(database, "ann")).running() as ann:
        ann.broadcast.send("words", 1)
    assert (ann.read, ann.gaps) == ([], [])
    database.close()
