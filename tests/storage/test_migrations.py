"""Databases of every revision are upgraded and downgraded on SQLite and PostgreSQL without loss."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, MetaData, inspect, null, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from lamoon.errors import StoreError
from lamoon.project import PROJECT
from lamoon.storage import schema, tracker_table
from lamoon.storage.database import Database, open_engine
from lamoon.storage.encryption import Cipher, EncryptionError, cipher_of
from lamoon.storage.rotation import sealed_columns
from lamoon.storage.tables import history, metadata, requests

FIRST, NEWEST = schema.revisions()[0], schema.revisions()[-1]
HERE = Path(__file__).parent
ROWS = range(1, 8)
WORDS = "an old clot, ä李\U0001f64f '); DROP TABLE outbox;-- 100 %s"
SEALED = [str(column) for column in sealed_columns() if str(column) != "health_forms.content"]
Tables = dict[str, list[str]]
KILLED_WHEN = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from lamoon.storage.database import Database

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *_):
    if statement.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

Database(sys.argv[1])
"""
START = "import sys; from lamoon.storage.database import Database as D; D(sys.argv[1]); print('alembic' in sys.modules)"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def first(engine: Engine) -> Tables:
    """A database as the first schema had it, without a revision, with rows in every table; its tables and columns."""
    return make(engine, first_schema(engine))


def first_schema(engine: Engine) -> str:
    return (HERE / f"first_schema_{engine.dialect.name}.sql").read_text(encoding="utf-8")


def make(engine: Engine, script: str) -> Tables:
    """Make tables with rows in them; return their names and columns."""
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(engine.url.database)) as file:
            file.executescript(script)
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql(script)
    return fill(engine)


def fill(engine: Engine) -> Tables:
    """Put rows into every table."""
    found = MetaData()
    found.reflect(engine, only=lambda name, _: not name.startswith(("sqlite_", "alembic_")))
    with engine.begin() as connection:
        for table in found.sorted_tables:
            for n in ROWS:
                row = {column.name: value(n, column) for column in table.columns}
                connection.execute(table.insert().values(row))
    return {table.name: [column.name for column in table.columns] for table in found.sorted_tables}


def value(n: int, column: Column) -> Any:
    """Return what row `n` has in a column: the same in a column that refers to it."""
    for key in column.foreign_keys:
        return value(n, key.column)
    name = f"{column.table.name}.{column.name}"
    if name == "booking_requests.conversation_id":
        return [f"web-{n:032x}-{n}", f"text_message-{n:032x}-0", f"someone else's, {n}", f"web-{n}-1"][n % 4]
    if name == "desk_requests.status":
        return ["seen", "confirmed", "declined", "done"][n % 4]
    if name == "desk_requests.lifted_at":
        return datetime(2030, 2, n)
    if name == "booking_requests.screening":
        return ["no", "details", "not_asked"][n % 3]
    if name == "booking_requests.kind":
        return ["booking", "handoff"][n % 2]
    if name == "chat_messages.state":
        return ["received", "answered", "said"][n % 3]
    if isinstance(column.type, JSON):
        return null() if column.nullable and n % 3 else [{"words": WORDS, "n": n}, None, {}][: n % 4]
    if column.nullable and n % 3 == 0:
        return None
    if isinstance(column.type, Boolean):
        return bool(n % 2)
    if isinstance(column.type, Integer | Float):
        return n if isinstance(column.type, Integer) else n / 3
    if isinstance(column.type, DateTime):
        return datetime(2030, 1, n, 3, 4, 5, 678901)
    if isinstance(column.type, Date):
        return date(2030, 1, n)
    length = column.type.length
    return f"{n:032x}" if length == 32 else f"{n} {WORDS if n % 2 else ''}"[:length]


def kept(tables: Tables) -> Tables:
    """The tables that the newest revision has too: what the desk noted of requests is in their state and history."""
    return {name: columns for name, columns in tables.items() if name != "desk_requests"}


def checksums(engine: Engine, tables: Tables) -> dict[str, tuple[int, str]]:
    """Return how many rows each table has, and a checksum of these columns, as the driver gives them, and opened."""
    found = {}
    with engine.connect() as connection:
        for table, columns in tables.items():
            names = ", ".join(f'"{name}"' for name in columns)
            rows = connection.exec_driver_sql(f'SELECT {names} FROM "{table}" ORDER BY "{columns[0]}"').all()
            rows = [[opened(engine, table, *value) for value in zip(columns, row, strict=True)] for row in rows]
            found[table] = len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def in_clear(engine: Engine, columns: Iterable[str]) -> list[str]:
    """Those of the columns, as table.column, that have WORDS in plain text."""
    query = "SELECT count(*) FROM {} WHERE CAST({} AS TEXT) LIKE '%%an old clot%%'"
    with engine.connect() as connection:
        return [c for c in columns if connection.exec_driver_sql(query.format(c.partition(".")[0], c)).scalar()]


def opened(engine: Engine, table: str, column: str, value: Any) -> Any:
    """A value as it was before it was encrypted."""
    if not str(value).startswith("lm1:") or table == "health_forms":
        return value
    text = cipher_of(engine.dialect).open(value, f"{table}.{column}")
    is_json = column in ("conditions", "retracted", "details") and engine.dialect.name == "postgresql"
    return json.loads(text) if is_json else text


def structure(engine: Engine) -> dict[str, Any]:
    """Return what the database says of its tables, in no order."""
    found = inspect(engine)
    return {
        table: [
            sorted(f"{c['name']} {c['type']!r} {c['nullable']} {c['default']}" for c in found.get_columns(table)),
            sorted(map(str, found.get_indexes(table))),
            sorted(map(str, found.get_unique_constraints(table))),
            sorted(map(str, found.get_foreign_keys(table))),
        ]
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def differences(engine: Engine) -> list[Any]:
    """Return where the database is not as `lamoon.storage.tables` says."""
    # Alembic takes SQLite's default '' for a difference from itself; `structure` compares defaults too.
    defaults = engine.dialect.name != "sqlite"
    options = {"compare_type": True, "compare_server_default": defaults, "include_name": _is_table_of_ours}
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        return found


def _is_table_of_ours(name: str | None, kind: str, _: object) -> bool:
    return kind != "table" or not (str(name).startswith("sqlite_") or name == tracker_table.events.name)


def revision_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return schema.stored_revision(connection)


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_up_down_and_up_again_lose_nothing(engine: Engine, url: str, first: Tables) -> None:
    before, as_first = checksums(engine, first), structure(engine)
    assert all(rows == len(ROWS) for rows, _ in before.values())
    Database(url).close()
    assert revision_of(engine) == NEWEST
    rest = checksums(engine, kept(first))
    assert rest == {name: before[name] for name in rest}
    assert in_clear(engine, SEALED) == []
    assert schema.downgrade(engine, FIRST) == (NEWEST, FIRST)
    assert structure(engine) == as_first
    assert checksums(engine, first) == before
    assert "booking_requests.name" in in_clear(engine, ["booking_requests.name"])
    assert schema.upgrade(engine) == (FIRST, NEWEST)
    assert checksums(engine, kept(first)) == rest
    assert differences(engine) == []


def test_what_the_desk_noted_is_the_state_and_the_history(engine: Engine, url: str, first: Tables) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM desk_requests WHERE reference IN (SELECT reference FROM booking_requests WHERE id > 4)"
        )
        connection.exec_driver_sql("UPDATE desk_requests SET lifted_at = NULL, lifted_by = '' WHERE status = 'seen'")
    with closing(Database(url)) as database, database.reading("look") as connection:
        rows = connection.execute(select(requests).order_by(requests.c.id)).all()
        told = connection.execute(select(history).order_by(history.c.id)).all()
    assert [row.state for row in rows[:4]] == ["confirmed", "declined", "done", "held" if rows[3].hold else "seen"]
    assert [row.state for row in rows[4:]] == ["held" if row.hold else "requested" for row in rows[4:]]
    assert [row.version for row in rows] == [1] * len(rows)
    assert {entry.event for entry in told} == {"confirmed", "declined", "done", "seen", "lifted"}
    assert all(entry.staff and entry.actor == "staff" for entry in told)


def test_a_downgrade_keeps_one_notice_of_each_request(engine: Engine, url: str, first: Tables) -> None:
    Database(url).close()
    with engine.begin() as connection:
        copy = "SELECT request_id, 'more' || id, 'dropped', 1, due_at, '', '', '{}' FROM outbox WHERE id < 8"
        columns = "request_id, key, status, attempts, due_at, claim, last_problem, route"
        for route in ("client_email", "studio_email"):
            changed = copy.format(route).replace("'more'", f"'{route}'")
            connection.exec_driver_sql(f"INSERT INTO outbox ({columns}) {changed}")
    schema.downgrade(engine, FIRST)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT key, status FROM outbox ORDER BY request_id").all()
    assert [*found] == [(f"studio_email{n}", "failed") for n in ROWS]


def test_the_chat_id_is_filled_in(engine: Engine, url: str, first: Tables) -> None:
    with closing(Database(url)) as database, database.reading("look") as connection:
        query = select(requests.c.conversation_id, requests.c.chat_id, requests.c.details).order_by(requests.c.id)
        rows = connection.execute(query).all()
    for n, row in zip(ROWS, rows, strict=True):
        assert row == (row.conversation_id, f"{n:032x}" if n % 4 in (0, 1) else None, None)


def test_a_new_database_is_as_the_tables_say(engine: Engine, url: str) -> None:
    Database(url).close()
    assert differences(engine) == []


def test_a_new_and_an_upgraded_database_are_the_same(engine: Engine, url: str, first: Tables) -> None:
    Database(url).close()
    upgraded = structure(engine)
    with schema.exclusive(engine) as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    Database(url).close()
    assert upgraded == structure(engine)


def test_a_database_of_the_version_before_revisions(engine: Engine, url: str) -> None:
    """It added columns by itself, but no index, and filled in nothing."""
    schema.upgrade(engine, "0006")  # has all of it
    with schema.exclusive(engine) as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.exec_driver_sql("DROP INDEX ix_booking_requests_chat_id")
    tables = fill(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE booking_requests SET chat_id = NULL WHERE id > 4")
    tables["booking_requests"].remove("chat_id")
    before = checksums(engine, tables)
    Database(url).close()
    assert checksums(engine, tables) == before
    assert differences(engine) == []
    with engine.connect() as connection:
        assert connection.execute(select(requests.c.chat_id).where(requests.c.id == 5)).scalar() == f"{5:032x}"


def test_a_database_that_is_older_than_the_first_schema(engine: Engine, url: str) -> None:
    """Without messaging channels; SQLite has to copy a table that others refer to."""
    script = first_schema(engine)
    for part in (
        "    channel VARCHAR(20) DEFAULT 'web' NOT NULL,\n",
        "    address VARCHAR(255),\n",
        ",\n    CONSTRAINT chat_conversations_one_per_address UNIQUE (channel, address)",
    ):
        assert part in script
        script = script.replace(part, "")
    tables = kept(make(engine, f"{script} DROP TABLE channel_people;"))
    before = checksums(engine, tables)
    Database(url).close()
    assert checksums(engine, tables) == before
    assert differences(engine) == []
    with engine.connect() as connection:
        assert {*connection.exec_driver_sql("SELECT channel, address FROM chat_conversations")} == {("web", None)}


def test_a_downgrade_keeps_messages_that_wait(engine: Engine, url: str, first: Tables) -> None:
    Database(url).close()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE chat_messages SET state = 'urgent' WHERE id = 1")
        connection.exec_driver_sql("UPDATE chat_messages SET state = 'unscreened' WHERE id = 2")
    schema.downgrade(engine, FIRST)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT state FROM chat_messages WHERE id IN (1, 2)").scalars().all()
    assert found == ["received", "received"]


def test_what_protects_the_tables_is_there_afterwards(engine: Engine, url: str, first: Tables) -> None:
    """The record of the desk refuses changes, deletions go on to other tables, and no message id is used again."""
    Database(url).close()
    schema.downgrade(engine, FIRST)
    Database(url).close()
    for statement in ("UPDATE desk_audit SET staff = ''", "DELETE FROM desk_audit"):
        with pytest.raises(DBAPIError, match="cannot be changed"), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM chat_conversations")
        assert connection.exec_driver_sql("SELECT count(*) FROM chat_turns").scalar() == 0
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'chat_messages'").scalar()


def test_several_processes_upgrade_at_once(engine: Engine, url: str, first: Tables) -> None:
    before = checksums(engine, kept(first))
    started = [python(START, url) for _ in range(3)]
    results = [(process.communicate(timeout=60)[1], process.returncode) for process in started]
    assert [code for _, code in results] == [0, 0, 0], results
    assert (revision_of(engine), differences(engine)) == (NEWEST, [])
    assert checksums(engine, kept(first)) == before


def test_several_processes_make_one_database(engine: Engine, url: str) -> None:
    started = [python(START, url) for _ in range(3)]
    results = [(*process.communicate(timeout=60), process.returncode) for process in started]
    assert results == [("False\n", "", 0)] * 3, "a new database needs no Alembic"
    assert (revision_of(engine), differences(engine)) == (NEWEST, [])


@pytest.mark.parametrize("moment", ["ALTER TABLE chat_messages", "UPDATE booking_requests", "UPDATE alembic_version"])
def test_a_killed_upgrade_leaves_the_database_as_it_was(engine: Engine, url: str, first: Tables, moment: str) -> None:
    before, as_first = checksums(engine, first), structure(engine)
    killed = python(KILLED_WHEN, url, moment)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert (structure(engine), checksums(engine, first), revision_of(engine)) == (as_first, before, None)
    Database(url).close()
    assert (differences(engine), checksums(engine, kept(first))) == ([], {name: before[name] for name in kept(first)})


def test_a_newer_database_is_refused(engine: Engine, url: str) -> None:
    Database(url).close()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for refused in (lambda: Database(url), lambda: schema.upgrade(engine), lambda: schema.downgrade(engine, FIRST)):
        with pytest.raises(StoreError, match=f"revision 9999.*up to {NEWEST}.*downgrade {NEWEST}"):
            refused()
    assert revision_of(engine) == "9999"


def test_wrong_ways(engine: Engine, url: str) -> None:
    with pytest.raises(StoreError, match="nothing to undo"):
        schema.downgrade(engine, FIRST)
    Database(url).close()
    with pytest.raises(StoreError, match=f"expected one of {FIRST}"):
        schema.upgrade(engine, "base")
    with pytest.raises(StoreError, match="lamoon database downgrade"):
        schema.upgrade(engine, FIRST)
    schema.downgrade(engine, FIRST)
    with pytest.raises(StoreError, match="before"):
        schema.downgrade(engine, NEWEST)


def test_each_revision_follows_the_one_before() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS).replace("%", "%%"))
    found = [*ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert [script.revision for script in found] == schema.revisions()
    assert [script.down_revision for script in found] == [None, *schema.revisions()[:-1]]


def test_a_downgrade_without_the_key_changes_nothing(engine: Engine, url: str, first: Tables) -> None:
    Database(url).close()
    before = checksums(engine, kept(first))
    stranger = open_engine(url, Cipher(["another key, which has encrypted nothing here"]))
    with pytest.raises(EncryptionError, match="is missing"):
        schema.downgrade(stranger, FIRST)
    assert (revision_of(engine), checksums(engine, kept(first))) == (NEWEST, before)
