"""The door to the database, on SQLite and PostgreSQL: starts, addresses, locks, and what is left in SQLite's files."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, Table, func, insert, inspect, select, text

from lamoon.errors import StoreError
from lamoon.storage.database import BUSY_SECONDS, POOL_OVERFLOW, POOL_SIZE, Database
from lamoon.storage.schema import revisions, stored_revision
from lamoon.storage.tables import erasures, metadata


def keep(database: Database, sender: str) -> None:
    with database.writing("keep a row") as connection:
        connection.execute(insert(erasures).values(sender=sender, bookings=False))


def keep_and_fail(database: Database) -> None:
    with database.writing("keep nothing") as connection:
        connection.execute(insert(erasures).values(sender="a", bookings=False))
        raise ZeroDivisionError


def count(database: Database) -> int:
    with database.reading("count rows") as connection:
        return int(connection.execute(select(func.count()).select_from(erasures)).scalar_one())


def test_an_empty_database_gets_the_newest_tables(url: str) -> None:
    with closing(Database(url)) as database, database.reading("look") as connection:
        assert metadata.tables.keys() <= {*inspect(connection).get_table_names()}
        assert stored_revision(connection) == revisions()[-1]


def test_a_second_start_finds_the_tables(url: str) -> None:
    with closing(Database(url)) as database:
        keep(database, "a")
    with closing(Database(url)) as database:
        assert count(database) == 1


def test_several_starts_at_the_same_moment(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        for database in pool.map(lambda _: Database(url), range(6)):
            assert count(database) == 0
            database.close()


def test_other_tables_have_no_revision(url: str) -> None:
    tables = MetaData()
    mine = Table("mine", tables, Column("id", Integer, primary_key=True), Column("at", Integer))
    Database(url, tables).close()
    Index("mine_by_time", mine.c.at)
    with closing(Database(url, tables)) as database, database.reading("look") as connection:
        found = inspect(connection)
        assert found.get_table_names() == ["mine"]
        assert [index["name"] for index in found.get_indexes("mine")] == ["mine_by_time"]


def test_other_tables_and_ours_share_a_database(url: str) -> None:
    tables = MetaData()
    Table("mine", tables, Column("id", Integer, primary_key=True))
    Database(url, tables).close()
    with closing(Database(url)) as database:
        assert count(database) == 0
    Database(url, tables).close()


def test_sqlite_survives_a_power_cut_and_is_private(sqlite_url: str, tmp_path: Path) -> None:
    names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "secure_delete")
    with closing(Database(sqlite_url)) as database, database.reading("look") as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert found == ["wal", 2, BUSY_SECONDS * 1000, 1, 1]
    file = tmp_path / "state" / "lamoon.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_reading_does_not_wait_for_a_writer(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        keep(database, "a")
        with database.writing("write"):
            assert count(database) == 1


@pytest.mark.parametrize(
    "url", ["nonsense", "oracle://x/y", "sqlite:////proc/nowhere/x.db", "postgresql+nodriver://127.0.0.1/x"]
)
def test_bad_addresses(url: str) -> None:
    with pytest.raises(StoreError, match="LAMOON_DATA"):
        Database(url)


def test_a_database_that_does_not_answer_tells_no_password() -> None:
    with pytest.raises(StoreError) as caught:
        Database("postgresql://u:hush@127.0.0.1:1/x")
    assert "hush" not in str(caught.value)
    assert "LAMOON_DATABASE_URL" in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "lamoon.db"
    path.write_bytes(os.urandom(4096))
    with pytest.raises(StoreError):
        Database(f"sqlite:///{path}")


def test_many_may_clean_up_at_once(url: str) -> None:
    """SQLite refuses who comes while another empties the log: they wait for each other."""
    with closing(Database(url)) as database, ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: database.scrub(), range(40)))


def test_a_log_that_is_being_read_is_not_clean(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program in the middle of a long read, such as a backup."""
    monkeypatch.setattr("lamoon.storage.database.PRAGMAS", ("busy_timeout = 50", "secure_delete = ON"))
    monkeypatch.setattr("lamoon.storage.database.BUSY_SECONDS", 0.2)
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(Database(sqlite_url)) as database, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        keep(database, "a")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM chat_erasures").fetchall()
        keep(database, "b")
        assert not database.scrub()
        reader.execute("COMMIT")
        assert database.scrub()


def tried(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what is tried before use from now on."""
    found: list[object] = []
    ping = database._engine.dialect.do_ping
    monkeypatch.setattr(database._engine.dialect, "do_ping", lambda one: found.append(one) or ping(one))
    return found


def test_a_connection_is_tried_before_use_when_it_was_idle_only(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Database(postgres_url)) as database:
        found = tried(database, monkeypatch)
        assert count(database) == 0
        assert not found
        monkeypatch.setattr("lamoon.storage.database.FRESH_SECONDS", 0.0)
        assert count(database) == 0
        assert len(found) == 1


def test_reading_opens_no_transaction_in_postgresql(postgres_url: str) -> None:
    mine = "SELECT state FROM pg_stat_activity WHERE pid = :pid"
    with (
        closing(Database(postgres_url)) as database,
        closing(Database(postgres_url)) as other,
        database.reading("look") as reading,
        other.reading("look") as looking,
    ):
        pid = reading.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        assert looking.execute(text(mine), {"pid": pid}).scalar_one() == "idle"


def test_what_is_written_after_reading_is_a_transaction_in_postgresql(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database:
        assert count(database) == 0
        with pytest.raises(ZeroDivisionError):
            keep_and_fail(database)
        assert count(database) == 0


@pytest.mark.parametrize("block", ["reading", "writing"])
def test_connections_cut_while_in_use_cost_the_pool_no_place(postgres_url: str, block: str) -> None:
    """However many: each is reported as an error of the store, if at all, and replaced."""
    with closing(Database(postgres_url)) as database, closing(Database(postgres_url)) as other:
        for _ in range(POOL_SIZE + POOL_OVERFLOW + 1):
            with suppress(StoreError), getattr(database, block)("look") as connection:
                pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
                with other.reading("cut") as cutting:
                    cutting.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        keep(database, "a")
        assert count(database) == 1
