"""Access to the database: one engine for SQLite or PostgreSQL, and errors without visitors' words.

SQLite runs in WAL mode with synchronous=FULL (commits survive a power cut), waits for other writers, takes its write
lock at the start of a writing transaction, and overwrites deleted data.
"""

from __future__ import annotations

import os
import re
import select
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event, inspect
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from lamoon.errors import LamoonError, StoreError
from lamoon.settings import load_settings
from lamoon.storage import schema
from lamoon.storage.encryption import Cipher
from lamoon.storage.keys import cipher_from

BUSY_SECONDS = 5
"""How long a statement waits for another writer. A custom action that stores something waits once, and Rasa gives it 10
seconds: with a longer wait, a request could be stored after the visitor has read that it was not.
"""
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 15
POOL_SIZE, POOL_OVERFLOW = 5, 10
READING = "lamoon_reading"
FRESH_SECONDS = 1.0
"""A connection used within this time is tested before use only if the server has sent something since, such as a
shutdown notice: a test takes as long as most statements.
"""
LAST_USED = "lamoon_last_used"
PRAGMAS = (f"busy_timeout = {BUSY_SECONDS * 1000}", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


class Database:
    """A database with the tables of `lamoon.storage.tables` in their newest revision. Safe for several processes.

    With `tables` it has those instead, without revisions, created if missing. Encrypted columns use `cipher`; without
    it, the keys of the environment.

    Raises StoreError when the address is invalid, the database does not answer, or a newer version created it.
    """

    def __init__(self, url: str, tables: MetaData | None = None, *, cipher: Cipher | None = None) -> None:
        self._engine = open_engine(url, cipher)
        self._on_wait: Callable[[float], object] = lambda seconds: None
        self._on_failure: Callable[[], object] = lambda: None
        with translating_errors("prepare"):
            if self.dialect == "sqlite":
                _use_log_file(self._engine)
            if tables is None:
                self._bring_up_to_date()
            else:
                schema.make_tables(self._engine, tables)

    def make(self, tables: MetaData) -> None:
        """Create missing tables without revisions. Raises StoreError."""
        with translating_errors("prepare"):
            schema.make_tables(self._engine, tables)

    def watch(self, on_wait: Callable[[float], object], on_failure: Callable[[], object]) -> None:
        """Call `on_wait` with the seconds that each writer waited for the lock, and `on_failure` at each StoreError."""
        self._on_wait, self._on_failure = on_wait, on_failure

    @contextmanager
    def writing(self, what: str) -> Iterator[Connection]:
        """Run a transaction: everything is stored when the block ends, nothing if it raises. `what` names it in
        errors.
        """
        began = time.perf_counter()
        with self._translating(what), self._engine.begin() as connection:
            self._on_wait(time.perf_counter() - began)
            yield connection

    @contextmanager
    def reading(self, what: str) -> Iterator[Connection]:
        """Run a read-only block, which never waits for a writer. In SQLite it is one snapshot; in PostgreSQL each
        statement has its own, as in a transaction there, but without the two messages that begin and end one.
        """
        with self._translating(what), self._engine.connect().execution_options(**{READING: True}) as connection:
            yield connection

    @contextmanager
    def _translating(self, what: str) -> Iterator[None]:
        """Run a block in `translating_errors` and count failures."""
        try:
            with translating_errors(what):
                yield
        except StoreError:
            self._on_failure()
            raise

    def scrub(self) -> bool:
        """Empty SQLite's log file, where deleted rows stay. False when another process kept it in use for too long.

        PostgreSQL is left to its operator: see "What is left of what was erased" in docs/gateway.md.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        end = time.monotonic() + BUSY_SECONDS
        while True:
            with translating_errors("clean up"):
                busy, _, _ = _pragma(self._engine, "wal_checkpoint(TRUNCATE)")
            if not busy or time.monotonic() >= end:
                return not busy
            time.sleep(0.1)  # unlike for readers, SQLite does not wait while another process does the same

    def own_connection(self) -> Any:
        """Open a driver's connection outside the pool, for the caller to close. Raises StoreError."""
        with translating_errors("connect"):
            proxy = self._engine.raw_connection()
            proxy.detach()
            return proxy.dbapi_connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        name: str = self._engine.dialect.name
        return name

    def _bring_up_to_date(self) -> None:
        with self.reading("prepare") as connection:
            found = schema.stored_revision(connection)
        if found != schema.revisions()[-1]:
            schema.upgrade(self._engine)


def has_tables(address: str) -> bool:
    """Return whether there is a database with our tables at an address; creates nothing, and a missing database counts
    as empty.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).is_file()):
        return False
    engine = open_engine(address)
    try:
        with engine.connect() as connection:
            return bool(inspect(connection).has_table("desk_publications"))
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()


def open_engine(address: str, cipher: Cipher | None = None) -> Engine:
    """Return an engine for the database, not connected yet. Raises StoreError when the address is invalid."""
    try:
        engine = _engine(make_url(address))
        # Loaded with the first encrypted column, because Rasa's own conversations need no key.
        engine.dialect.lamoon_cipher = cache(lambda: cipher or cipher_from(load_settings()))
        return engine
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise StoreError("the database address is not usable: see LAMOON_DATABASE_URL in docs/settings.md") from None


def _engine(url: URL) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and url.database:
        own_file(Path(url.database))
    # Connections are kept: SQLite writes its log back whenever the last one is closed, which costs ten times a commit.
    engine: Engine = create_engine(
        url,
        future=True,
        hide_parameters=True,  # an error must not quote what a visitor wrote
        poolclass=QueuePool,
        pool_size=int(os.environ.get("SQL_POOL_SIZE", POOL_SIZE)),
        max_overflow=int(os.environ.get("SQL_MAX_OVERFLOW", POOL_OVERFLOW)),
        pool_timeout=BUSY_SECONDS,
        connect_args=_sqlite_limits() if sqlite else _postgresql_limits(url),
    )
    if sqlite:
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _begin_on_sqlite)
    else:
        event.listen(engine, "begin", _begin_on_postgresql)
        event.listen(engine, "checkin", _on_checkin)
        event.listen(engine, "checkout", partial(_on_checkout, engine.dialect))
    return engine


def _sqlite_limits() -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS, "check_same_thread": False}


def _postgresql_limits(url: URL) -> dict[str, Any]:
    """Return timeouts for a connection, a lock, a statement, and a server that disappears silently."""
    schema = os.environ.get("POSTGRESQL_SCHEMA")  # Rasa's own name for it
    options = [
        f"-cstatement_timeout={STATEMENT_SECONDS * 1000}",
        f"-clock_timeout={BUSY_SECONDS * 1000}",
        *([f"-csearch_path={schema}"] if schema else []),
        str(url.query.get("options", "")),  # options in the address take precedence
    ]
    return {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": STATEMENT_SECONDS * 1000,
        "options": " ".join(options),
        "application_name": _application_name(options),
    }


def _application_name(options: Sequence[str]) -> str:
    """Return the application name by which PostgreSQL's connections can be assigned to processes and installations."""
    return " ".join(["lamoon", *re.findall(r"search_path=(\S+)", " ".join(options))[-1:]])


def own_file(path: Path) -> None:
    """Create the file and its folder, readable by their owner only: they contain health data. Raises StoreError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"the database file {path} cannot be written: {error.strerror}; see LAMOON_DATA") from None


def _on_connect(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver starts no transactions of its own: _begin_on_sqlite does
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_on_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READING) else "BEGIN IMMEDIATE")


def _begin_on_postgresql(connection: Connection) -> None:
    """Begin no transaction to read in.

    SQLAlchemy's isolation level AUTOCOMMIT would do the same, but it is undone where an error of the driver escapes
    as it is and the pool loses a place: fifteen connections cut at that moment would leave none.
    """
    if connection.get_execution_options().get(READING):
        connection.connection.dbapi_connection.autocommit = True


def _on_checkin(connection: Any, record: Any) -> None:
    record.info[LAST_USED] = time.monotonic()


def _on_checkout(dialect: Any, connection: Any, record: Any, proxy: Any) -> None:
    """Test a connection that may be lost. If it is, it is reopened at once, and all others before their next use."""
    idle = time.monotonic() - record.info.get(LAST_USED, time.monotonic())
    is_fresh = idle < FRESH_SECONDS and not _has_sent(connection)
    if not is_fresh and not dialect.do_ping(connection):
        raise InvalidatePoolError()
    connection.autocommit = False


def _has_sent(connection: Any) -> bool:
    """Return whether a server has sent unsolicited data. Unlike `select`, `poll` accepts any file descriptor."""
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))


def _use_log_file(engine: Engine) -> None:
    """Put SQLite into WAL mode, which the file keeps. Two processes may do so concurrently; SQLite refuses one."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            _pragma(engine, "journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(0.1)
        else:
            return


def _pragma(engine: Engine, pragma: str) -> Any:
    """Run a PRAGMA that SQLite does not accept inside a transaction, and return its row."""
    raw = engine.raw_connection()
    try:
        return raw.execute(f"PRAGMA {pragma}").fetchone()
    finally:
        raw.close()


@contextmanager
def translating_errors(what: str) -> Iterator[None]:
    """Turn every database error into a StoreError without its text, which may quote a visitor's words."""
    try:
        yield
    except SQLAlchemyError as error:
        if isinstance(origin := getattr(error, "orig", None), LamoonError):
            raise origin from None  # of an encrypted column
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
