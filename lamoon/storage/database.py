"""The door to the database: one engine for SQLite or PostgreSQL, and errors that hold no visitor's words.

SQLite runs in WAL mode with synchronous=FULL (what was committed survives a power cut), waits for other writers, takes
its write lock at the start of a writing transaction, and overwrites what is deleted.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event, inspect
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateColumn

from lamoon.errors import StoreError
from lamoon.storage.tables import metadata

BUSY_SECONDS = 5
"""How long a statement waits for another writer. A custom action that stores something waits once, and Rasa gives it
10 seconds: a longer wait would let a request be stored after the visitor read that it was not."""
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 15
POOL_SIZE, POOL_OVERFLOW = 5, 10
READING = "lamoon_reading"
PRAGMAS = (f"busy_timeout = {BUSY_SECONDS * 1000}", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


class Database:
    """A database with `tables` (those of `lamoon.storage.tables` by default), made when missing. Safe for several processes.

    Raises StoreError when the address is not one, or the database does not answer.
    """

    def __init__(self, url: str, tables: MetaData = metadata) -> None:
        try:
            self._engine = _engine(make_url(url))
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
            raise StoreError(
                "the database address is not usable: see LAMOON_DATABASE_URL in docs/settings.md"
            ) from None
        with _translating_errors("prepare"):
            _create_tables(self._engine, tables)

    @contextmanager
    def writing(self, what: str) -> Iterator[Connection]:
        """A transaction: all of it is stored when the block ends, nothing when it raises. `what` names it in errors."""
        with _translating_errors(what), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self, what: str) -> Iterator[Connection]:
        """A transaction that only reads, and so never waits for a writer."""
        with _translating_errors(what), self._engine.connect().execution_options(**{READING: True}) as connection:
            yield connection

    def scrub(self) -> bool:
        """Empties SQLite's log file, where deleted rows stay. False when another process kept it in use for too long.

        PostgreSQL is left to its operator: see "What is left of what was erased" in docs/gateway.md.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        end = time.monotonic() + BUSY_SECONDS
        while True:
            with _translating_errors("clean up"):
                busy, _, _ = _pragma(self._engine, "wal_checkpoint(TRUNCATE)")
            if not busy or time.monotonic() >= end:
                return not busy
            time.sleep(0.1)  # unlike for readers, SQLite does not wait while another process does the same

    def close(self) -> None:
        """Gives its connections back."""
        self._engine.dispose()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        name: str = self._engine.dialect.name
        return name


def _engine(url: URL) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and url.database:
        _own_file(Path(url.database))
    # Connections are kept: SQLite writes its log back whenever the last one is closed, which costs ten times a commit.
    engine: Engine = create_engine(
        url,
        future=True,
        hide_parameters=True,  # an error must not quote what a visitor wrote
        poolclass=QueuePool,
        pool_size=int(os.environ.get("SQL_POOL_SIZE", POOL_SIZE)),
        max_overflow=int(os.environ.get("SQL_MAX_OVERFLOW", POOL_OVERFLOW)),
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=not sqlite,
        connect_args=_sqlite_limits() if sqlite else _postgresql_limits(url),
    )
    if sqlite:
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _sqlite_limits() -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS, "check_same_thread": False}


def _postgresql_limits(url: URL) -> dict[str, Any]:
    """No wait without an end: for a connection, a lock, a statement, or a server that has gone without a word."""
    schema = os.environ.get("POSTGRESQL_SCHEMA")  # Rasa's own name for it
    options = [
        f"-cstatement_timeout={STATEMENT_SECONDS * 1000}",
        f"-clock_timeout={BUSY_SECONDS * 1000}",
        *([f"-csearch_path={schema}"] if schema else []),
        str(url.query.get("options", "")),  # the address has the last word
    ]
    return {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": STATEMENT_SECONDS * 1000,
        "options": " ".join(options),
    }


def _own_file(path: Path) -> None:
    """Makes the file and its folder, readable for their owner only: they hold health data."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"the database file {path} cannot be written: {error.strerror}; see LAMOON_DATA") from None


def _on_connect(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver starts no transactions of its own: _on_begin does
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READING) else "BEGIN IMMEDIATE")


def _create_tables(engine: Engine, tables: MetaData) -> None:
    """Makes what is missing. Two processes may do so at once: the slower one finds it made and looks again."""
    for attempt in range(5):
        try:
            if engine.dialect.name == "sqlite":
                _pragma(engine, "journal_mode = WAL")  # once per file: it remembers
            with engine.begin() as connection:
                tables.create_all(connection)
                _add_columns(connection, tables)
        except (DBAPIError, sqlite3.Error) as error:
            if attempt == 4 or not _raced(error, engine):
                raise
            time.sleep(0.1 * (attempt + 1))
        else:
            return


def _add_columns(connection: Connection, tables: MetaData) -> None:
    """Columns that a version after the database's own has added; they have a default or may be empty."""
    schema = inspect(connection)
    for table in tables.sorted_tables:
        there = {column["name"] for column in schema.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                described = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {described}")


def _raced(error: Exception, engine: Engine) -> bool:
    """Whether another process making the same tables can be the cause."""
    if engine.dialect.name == "sqlite":
        return isinstance(getattr(error, "orig", error), sqlite3.OperationalError)
    return isinstance(error, IntegrityError | ProgrammingError)


def _pragma(engine: Engine, pragma: str) -> Any:
    """Runs a PRAGMA that SQLite does not take inside a transaction; the row that it gives."""
    raw = engine.raw_connection()
    try:
        return raw.execute(f"PRAGMA {pragma}").fetchone()
    finally:
        raw.close()


@contextmanager
def _translating_errors(what: str) -> Iterator[None]:
    """Turns every database error into a StoreError without its text, which may quote a visitor's words."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(f"the database could not {what}: {_kind(error)}; {_advice(error)}") from None
    except sqlite3.Error as error:
        raise StoreError(f"the database could not {what}: {type(error).__name__}") from None


def _kind(error: SQLAlchemyError) -> str:
    origin = getattr(error, "orig", None)
    code = getattr(origin, "pgcode", None) or getattr(origin, "sqlite_errorname", None)
    return f"{type(origin or error).__name__}{f' {code}' if code else ''}"


def _advice(error: SQLAlchemyError) -> str:
    if getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_FULL":
        return "the disk is full"
    return "check that it runs, is reachable and may be written to (LAMOON_DATABASE_URL)"
