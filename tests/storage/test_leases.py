"""One process at a time holds a lease; one that died loses it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lamoon.storage.database import Database
from lamoon.storage.leases import Lease, Leases


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def test_one_process_at_a_time_holds_a_lease(database: Database) -> None:
    ann, ben = Leases(database), Leases(database)
    lease = ann.take("a task")
    assert lease == Lease("a task")
    assert ann.take("a task")
    assert ben.take("a task") is None
    assert ben.take("another task")
    ben.release(Lease("a task"))  # not theirs
    assert ben.take("a task") is None
    ann.release(lease)
    assert ben.take("a task") == Lease("a task", inherited=False)


def test_of_many_at_once_one_gets_it(database: Database) -> None:
    for number in range(10):
        everybody = [Leases(database) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda one, name=f"task {number}": one.take(name), everybody))  # type: ignore[misc]
        assert sum(lease is not None for lease in taken) == 1


def test_a_lease_that_is_not_renewed_is_inherited(database: Database) -> None:
    dead, heir = Leases(database, seconds=0.2), Leases(database)
    assert dead.take("a task")
    assert heir.take("a task") is None
    time.sleep(0.3)
    assert heir.take("a task") == Lease("a task", inherited=True)
    assert dead.take("a task") is None


async def test_a_living_process_renews_what_it_holds(database: Database) -> None:
    living, other = Leases(database, seconds=0.6), Leases(database)
    renewing = asyncio.create_task(living.renew())
    async with living.hold("a task") as lease:
        assert lease
        await asyncio.sleep(1.5)
        assert other.take("a task") is None
        assert other.held() == ["a task"]
    assert other.held() == []
    renewing.cancel()


async def test_one_that_was_cancelled_while_taking_it_does_not_keep_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty, other = Leases(database, seconds=0.3), Leases(database)
    renewing = asyncio.create_task(hasty.renew())
    taken, take, go_on = threading.Event(), hasty.take, threading.Event()

    def take_slowly(name: str) -> Lease | None:
        lease = take(name)
        taken.set()
        go_on.wait()
        return lease

    async def work() -> None:
        async with hasty.hold("a task"):
            await asyncio.sleep(9)

    monkeypatch.setattr(hasty, "take", take_slowly)
    working = asyncio.create_task(work())
    await asyncio.to_thread(taken.wait)
    working.cancel()
    go_on.set()
    await asyncio.sleep(1)
    assert other.take("a task")
    renewing.cancel()


async def test_a_file_has_one_process_and_needs_no_rows(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    one, other = Leases(database), Leases(database)
    async with one.hold("a task") as lease:
        assert lease == other.take("a task") == Lease("a task")
    await one.renew()  # ends at once
    database.close()
