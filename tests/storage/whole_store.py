"""A whole store with rows in every table, and what is in it, for tests of moves and backups."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, Table, insert, null

from lamoon.project import PROJECT
from lamoon.storage import tracker_table
from lamoon.storage.database import Database
from lamoon.storage.sides import Place, reading
from lamoon.storage.tables import metadata
from lamoon.storage.transfer import Sum, last_id, sum_of

ROWS = range(1, 8)
WORDS = "an old clot, ä李\U0001f64f '); DROP TABLE outbox;-- 100 %s \\ \"%(x)s"
GIVEN = 50
"""The last id of a message that is gone."""
REMEMBERING = ("chat_messages", "desk_audit")
ALL_TABLES = {*metadata.tables, tracker_table.events.name}


def value(n: int, column: Column[Any]) -> Any:
    """Return what row `n` has in a column: the same in a column that refers to it."""
    for key in column.foreign_keys:
        return value(n, key.column)
    if isinstance(column.type, JSON):  # no value at all and the JSON null are two things
        return null() if column.nullable and n % 3 else [{"b": WORDS, "a": [n, 1.5, True]}, None, {}, [], "\0"][n % 5]
    if column.nullable and n % 3 == 0:
        return None
    if isinstance(column.type, Boolean):
        return bool(n % 2)
    if isinstance(column.type, Float):
        return n / 3
    if isinstance(column.type, Integer):
        return n
    if isinstance(column.type, DateTime):
        return datetime(2030, 1, n, 3, 4, 5, 678901 if n % 2 else 0)
    if isinstance(column.type, Date):
        return date(2030, 1, n)
    length = column.type.length
    capital = "Bä" if n % 2 else "b"  # every database has its own idea of their order
    return f"{n:032x}" if length == 32 else f"{capital}{n} {WORDS}"[:length]


def place(url: str, data: Path) -> Place:
    """Return where a store is whose conversations, with SQLite, lie in `data`."""
    return Place(url, data / tracker_table.FILE)


def fill(where: Place) -> None:
    """Make a store with rows in every table, and one message that was deleted."""
    tracker = f"sqlite:///{where.conversations}" if where.file else where.url
    for url, tables, known in ((where.url, metadata, None), (tracker, tracker_table.metadata, tracker_table.metadata)):
        with closing(Database(url, known)) as database, database.writing("fill") as connection:
            for table in tables.sorted_tables:
                rows = [{c.name: value(n, c) for c in table.columns} for n in ROWS]
                connection.execute(insert(table).values(rows))
            if known is None:
                _give(connection, metadata.tables["chat_messages"], GIVEN)


def _give(connection: Any, table: Table, number: int) -> None:
    row = {c.name: value(1, c) for c in table.columns} | {"id": number, "client_id": "other", "reply_to": None}
    connection.execute(insert(table).values(row))
    connection.execute(table.delete().where(table.c.id == number))
    if connection.dialect.name == "postgresql":
        for each in metadata.sorted_tables:  # rows came with explicit ids
            if "id" in each.columns and isinstance(each.c.id.type, Integer):
                last = number if each is table else max(ROWS)
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{each.name}', 'id'), {last})")


def content(where: Place) -> dict[str, tuple[Sum, int | None]]:
    """Of every table, rows and checksum, and the last id that it gave where it remembers that in SQLite too."""
    with reading(where) as side:
        return {
            name: (sum_of(side, table), last_id(side, table) if name in REMEMBERING else None)
            for name, table in side.tables().items()
        }


def ids_of_new_rows(where: Place) -> tuple[int, int]:
    """The ids that a new message and a new note get."""
    found = []
    with closing(Database(where.url)) as database, database.writing("add") as connection:
        for name in ("chat_messages", "chat_notes"):
            table = metadata.tables[name]
            row = {c.name: value(1, c) for c in table.columns if c.name != "id"}
            row |= {"client_id": "new", "reply_to": None} if name == "chat_messages" else {}
            found.append(connection.execute(insert(table).values(row)).inserted_primary_key[0])
    return found[0], found[1]


USING = """
import sys, time
from lamoon.storage.database import Database
database = Database(sys.argv[1])
with database.reading("look") as connection:
    connection.exec_driver_sql("SELECT 1")
print("open", flush=True)
sys.stdin.read()
"""
KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from lamoon.storage.operations import main

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *_):
    if statement.lstrip().startswith(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(Engine, "commit")
def kill_before_the_end(connection):
    if sys.argv[1] == "COMMIT":
        os.kill(os.getpid(), signal.SIGKILL)

sys.exit(main(sys.argv[2:]))
"""


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process; its environment is this one's."""
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@contextmanager
def in_use(url: str) -> Iterator[None]:
    """Another process has the database open, and is idle."""
    process = python(USING, url)
    try:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        yield
    finally:
        process.communicate("")


def killed(moment: str, *arguments: str) -> None:
    """Run a command in a process that is killed before its first statement that begins so."""
    process = python(KILLED, moment, *arguments)
    _, problems = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, problems
