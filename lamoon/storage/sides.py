"""A whole store as the source or target of a copy: every table on one connection, in one transaction.

In SQLite the file of Rasa's conversations is attached to that of the database, so both change together or not at all.
Other processes are detected by what they already hold: a file in WAL mode cannot be locked as a whole while it is open
elsewhere, and PostgreSQL lists its connections by name.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, Table, func, inspect, select
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError

from lamoon.errors import LamoonError, StoreError
from lamoon.settings import Settings
from lamoon.storage import schema, tracker_table
from lamoon.storage.database import open_engine, own_file, translating_errors
from lamoon.storage.tables import leases, metadata

FORMER: Final = ("desk_requests",)
"""Tables of older revisions."""
ATTACHED: Final = "tracker"
"""The name under which SQLite has the file of Rasa's conversations."""
LOCK_SECONDS: Final = 5
MOST_NAMED: Final = 3
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND application_name = current_setting('application_name')"
)


class TransferError(LamoonError):
    """A move, backup or restore was refused, or its data did not arrive intact; nothing was changed."""


class InUseError(StoreError):
    """A store is in use by running processes."""


@dataclass(frozen=True)
class Place:
    """The location of a store. `conversations`: the file of Rasa's conversations, if the database is SQLite."""

    url: str
    conversations: Path

    @property
    def file(self) -> Path | None:
        """The database's file; None for PostgreSQL."""
        url = make_url(self.url)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def name(self) -> str:
        """Its name in messages: never an address, which may contain a password."""
        return f"SQLite file {self.file}" if self.file else "PostgreSQL database"


def place_of(settings: Settings, url: str | None = None) -> Place:
    """Return the store of these settings, or of another database address with the same data folder."""
    return Place(url or settings.database_url.reveal(), settings.data / tracker_table.FILE)


class Side:
    """A store that is open for a copy, with the tables of the database, whatever their revision."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"

    def tables(self) -> Mapping[str, Table]:
        """The assistant's existing tables by name, referenced ones first."""
        known = {*metadata.tables, *FORMER}
        names = known & {*inspect(self.connection).get_table_names()}
        found = MetaData()
        found.reflect(self.connection, only=sorted(names))
        tables = {table.name: table for table in found.sorted_tables}
        if (events := self._events(MetaData())) is not None:
            tables[events.name] = events
        return tables

    def filled(self) -> list[str]:
        """Return the names of the tables with rows; leases do not count, because they expire."""
        tables = self.tables().values()
        return [table.name for table in tables if table.name != leases.name and self.count(table)]

    def check_empty(self, place: Place, what_to_do: str) -> None:
        """Raise TransferError when a table has rows."""
        if filled := self.filled():
            more = f" and {len(filled) - MOST_NAMED} more" if len(filled) > MOST_NAMED else ""
            raise TransferError(
                f"the {place.name} is not empty: {', '.join(filled[:MOST_NAMED])}{more} have rows; expected none. "
                f"{what_to_do}; nothing was written"
            )

    def count(self, table: Table) -> int:
        """Return how many rows it has."""
        return int(self.connection.execute(select(func.count()).select_from(table)).scalar_one())

    def recreate(self, revision: str) -> None:
        """Drop the assistant's tables with all rows, and create those of a revision. Raises StoreError."""
        for table in reversed([*self.tables().values()]):
            table.drop(self.connection)
        if inspect(self.connection).has_table(schema.REVISION_TABLE):
            self.connection.exec_driver_sql(f"DROP TABLE {schema.REVISION_TABLE}")
        schema.upgrade_within(self.connection, revision)
        self.add_events()

    def add_events(self) -> None:
        """Create the table of Rasa's conversations if it is missing."""
        if self._events(MetaData()) is None:
            tracker_table.events.to_metadata(MetaData(), schema=self._events_schema).create(self.connection)

    @property
    def _events_schema(self) -> str | None:
        return ATTACHED if self.is_sqlite else None

    def _events(self, into: MetaData) -> Table | None:
        name, place = tracker_table.events.name, self._events_schema
        if place and place not in inspect(self.connection).get_schema_names():
            return None
        if not inspect(self.connection).has_table(name, schema=place):
            return None
        return Table(name, into, schema=place, autoload_with=self.connection)


@contextmanager
def reading(place: Place) -> Iterator[Side]:
    """Open a snapshot of the store. In SQLite, no other process may have it open; in PostgreSQL others continue.

    Raises:
        InUseError: when a SQLite file is in use.
        StoreError: when there is no database, or it fails.
    """
    if place.file and not place.file.is_file():
        raise StoreError(f"there is no {place.name}: expected the database of an assistant, see LAMOON_DATABASE_URL")
    engine = open_engine(place.url)
    try:
        opening = _alone_in_sqlite(engine, place) if place.file else _snapshot(engine)
        with translating_errors("be read"), opening as connection:
            yield Side(connection)
    finally:
        engine.dispose()


@contextmanager
def writing(place: Place) -> Iterator[Side]:
    """Open the store exclusively. Everything is stored when the block ends, nothing if it raises.

    Raises:
        InUseError: when running processes use it.
        StoreError: when the database fails.
    """
    if place.file:
        own_file(place.conversations)
    engine = open_engine(place.url)
    try:
        opening = _alone_in_sqlite(engine, place, writes=True) if place.file else _alone(engine, place)
        with translating_errors("be written to"), opening as connection:
            side = Side(connection)
            yield side
            _check_references(side)
    finally:
        engine.dispose()


@contextmanager
def _alone_in_sqlite(engine: Engine, place: Place, *, writes: bool = False) -> Iterator[Connection]:
    """Open SQLite exclusively; with `writes` without WAL, because only then is a transaction over two files atomic."""
    with engine.connect() as connection:
        connection.detach()
        raw: Any = connection.connection
        try:
            raw.execute("PRAGMA locking_mode = EXCLUSIVE")
            raw.execute("PRAGMA foreign_keys = OFF")  # else rows go with a table that a revision copies
            if place.conversations.is_file():
                raw.execute(f"ATTACH DATABASE ? AS {ATTACHED}", (str(place.conversations),))
                raw.execute(f"PRAGMA {ATTACHED}.secure_delete = ON")
            if writes:
                for name in ("main", ATTACHED):
                    raw.execute(f"PRAGMA {name}.journal_mode = DELETE")
            transaction = connection.begin()
            inspect(connection).get_table_names()  # the first look takes the lock
        except (sqlite3.OperationalError, OperationalError) as error:
            if getattr(getattr(error, "orig", error), "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                raise in_use(place) from None
            raise
        with transaction:
            yield connection


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield connection


@contextmanager
def _alone(engine: Engine, place: Place) -> Iterator[Connection]:
    with schema.exclusive(engine) as connection:
        end = time.monotonic() + LOCK_SECONDS
        while connection.exec_driver_sql(
            _OTHERS
        ).scalar():  # the server takes a moment to notice that a process has died
            if time.monotonic() >= end:
                raise in_use(place)
            time.sleep(0.1)
            connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        for name in Side(connection).tables():  # programs without our name, such as an older version
            connection.exec_driver_sql(f'LOCK TABLE "{name}" IN ACCESS EXCLUSIVE MODE')
        yield connection


def in_use(place: Place) -> InUseError:
    """Return the error for a store that is in use."""
    return InUseError(
        f"the {place.name} is in use by running processes: expected that the assistant is stopped, since messages that "
        "come meanwhile would be lost. Stop it (Ctrl-C, or systemctl stop lamoon.target), then run this again"
    )


def _check_references(side: Side) -> None:
    if side.is_sqlite and (wrong := side.connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise StoreError(f"a row of {wrong[0]} refers to a row of {wrong[2]} that does not exist: nothing was written")


@contextmanager
def copied(place: Place, folder: Path) -> Iterator[Place]:
    """Copy SQLite's files as a snapshot with SQLite's backup; others continue to read and write.

    The files are copied into `folder`. A long transaction on the originals would keep SQLite from emptying its log, and
    thereby delay erasures.

    Raises:
        StoreError: when there is no database, or it fails.
    """
    if not place.file or not place.file.is_file():
        raise StoreError(f"there is no {place.name}: expected the database of an assistant, see LAMOON_DATABASE_URL")
    originals = [place.file, *([place.conversations] if place.conversations.is_file() else [])]
    copies = Place(f"sqlite:///{folder / place.file.name}", folder / tracker_table.FILE)
    with translating_errors("be copied"):
        opened = [sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None) for path in originals]
        try:
            _begin_together(place.file, opened)
            for source, path in zip(opened, originals, strict=True):
                own_file(folder / path.name)
                with closing(sqlite3.connect(folder / path.name)) as copy:
                    source.backup(copy)
        finally:
            for source in opened:
                source.close()
    yield copies


def _begin_together(first: Path, opened: list[sqlite3.Connection]) -> None:
    """Begin both reads at the same moment: nobody can write to the first file until both have begun."""
    with closing(sqlite3.connect(first, timeout=LOCK_SECONDS, isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        for connection in opened:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        holding.execute("ROLLBACK")
