"""Buckets in PostgreSQL: counted by all processes together, by the database's clock, without anybody's address."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from lamoon.chat.limits import FloodError, RateLimit
from lamoon.storage.buckets import SharedBuckets
from lamoon.storage.database import Database

KEY = "a key of this installation"


@pytest.fixture
def databases(postgres_url: str) -> Iterator[list[Database]]:
    """The same database in two processes."""
    made = [Database(postgres_url), Database(postgres_url)]
    yield made
    for one in made:
        one.close()


def limits(databases: list[Database], **options: int) -> list[RateLimit]:
    """The same limit in two processes: six in a minute."""
    return [RateLimit(6, 5, name="tries", buckets=SharedBuckets(one, KEY), **options) for one in databases]


def test_five_tries_at_two_gateways_are_five_in_all(databases: list[Database]) -> None:
    both = limits(databases)
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda number: both[number % 2].take("10.0.0.1"), range(40)))
    assert waits.count(0) == 5
    assert set(waits) - {0} <= {9, 10}
    assert both[0].take("10.0.0.2") == 0


def test_what_is_given_back_at_one_may_be_taken_at_the_other(databases: list[Database]) -> None:
    here, there = limits(databases)
    assert [here.take("ann") for _ in range(6)].count(0) == 5
    assert there.wait("ann") > 0
    here.give_back("ann")
    assert there.wait("ann") == 0
    assert there.take("ann") == 0


def test_credit_is_shared_too(databases: list[Database]) -> None:
    here, there = limits(databases, credit=1)
    assert [here.reserve("a") for _ in range(5)] == [0.0] * 5
    assert there.reserve("a") == pytest.approx(10, abs=0.5)
    with pytest.raises(FloodError) as flood:
        here.reserve("a")
    assert flood.value.seconds in (9, 10)


def test_no_address_is_kept_and_a_full_bucket_goes(databases: list[Database]) -> None:
    limit, database = limits(databases)[0], databases[0]
    quick = RateLimit(600_000, 1, name="quick", buckets=SharedBuckets(database, KEY))
    limit.take("203.0.113.7")
    quick.take("203.0.113.7")

    def rows() -> list[str]:
        with database.reading("look") as connection:
            return list(connection.execute(text("SELECT name FROM rate_limits")).scalars())

    assert len(rows()) == 2
    assert all(len(name) == 32 and int(name, 16) for name in rows())
    SharedBuckets(database, KEY).drop_full()
    assert len(rows()) == 1
