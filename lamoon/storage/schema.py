"""Creation of the tables, and migration between their revisions with Alembic, one process at a time.

Alembic costs a process 11 MB and 0.2 s, so it is imported only where the stored revision is not the newest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, inspect, select
from sqlalchemy.engine import Connection, Engine

from lamoon.errors import StoreError
from lamoon.storage import desk_tables  # noqa: F401  its tables join the metadata
from lamoon.storage.tables import metadata

log = logging.getLogger("lamoon.storage")

MIGRATIONS: Final = Path(__file__).with_name("migrations")
MIGRATION_SECONDS: Final = 600
"""How long a process waits until another has migrated the database, or releases a table."""
LOCK: Final = 1_279_348_558
"""Names the advisory lock in PostgreSQL; any number that no other program uses."""

REVISION_TABLE: Final = "alembic_version"

_revision = Table(  # as created by Alembic
    REVISION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def revisions() -> list[str]:
    """Return the revisions that this version knows, oldest first."""
    return sorted(path.name[1:5] for path in MIGRATIONS.glob("versions/v[0-9]*.py"))


def stored_revision(connection: Connection) -> str | None:
    """Return the database's revision; None if it has none: it is empty, or older than revisions."""
    if not inspect(connection).has_table(_revision.name):
        return None
    found: str | None = connection.execute(select(_revision.c.version_num)).scalar()
    return found


def upgrade(engine: Engine, revision: str | None = None) -> tuple[str | None, str]:
    """Upgrade the database to a revision, by default the newest, in one transaction; return the old and the new one.

    Raises:
        StoreError: when this version does not know the revision, or the database's; or when the database's is newer.
    """
    wanted = _known(revision or revisions()[-1])
    with exclusive(engine) as connection:
        return upgrade_within(connection, wanted), wanted


def upgrade_within(connection: Connection, revision: str) -> str | None:
    """Upgrade inside the caller's exclusive transaction; return the old revision.

    Raises:
        StoreError: as `upgrade` does.
    """
    wanted = _known(revision)
    found = checked_revision(connection)
    if found and found > wanted:
        raise StoreError(f"the database is at {found}, which is after {wanted}: see lamoon database downgrade")
    if found == wanted:
        return found
    if found is None and wanted == revisions()[-1] and not _has_tables(connection):
        metadata.create_all(connection)
        _revision.create(connection, checkfirst=True)
        connection.execute(_revision.insert().values(version_num=wanted))
    else:
        _run_alembic(connection, "upgrade", wanted)
        log.info("The database was upgraded from %s to %s", found or "one without a revision", wanted)
    return found


def downgrade(engine: Engine, revision: str) -> tuple[str, str]:
    """Downgrade the database to a revision, in one transaction; return the old and the new one.

    Raises:
        StoreError: when this version does not know the revision, or the database's; or when the database's is older.
    """
    wanted = _known(revision)
    with exclusive(engine) as connection:
        found = checked_revision(connection)
        if found is None or found < wanted:
            raise StoreError(f"the database is at {found or 'no revision'}, which is before {wanted}: nothing to undo")
        if found != wanted:
            _run_alembic(connection, "downgrade", wanted)
            log.info("The database was downgraded from %s to %s", found, wanted)
    return found, wanted


def make_tables(engine: Engine, tables: MetaData) -> None:
    """Create missing tables and indexes without revisions."""
    with exclusive(engine) as connection:
        tables.create_all(connection)
        for table in tables.sorted_tables:
            for index in table.indexes:
                index.create(connection, checkfirst=True)


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """Run an exclusive transaction; other processes wait for it."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.detach()  # its PRAGMAs end with it
            connection.connection.execute(f"PRAGMA busy_timeout = {MIGRATION_SECONDS * 1000}")
            connection.connection.execute("PRAGMA foreign_keys = OFF")  # else rows go with a table that is copied
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))")
            yield connection


def _known(revision: str) -> str:
    if revision not in revisions():
        raise StoreError(f"{revision!r} is not a revision of the database: expected one of {', '.join(revisions())}")
    return revision


def checked_revision(connection: Connection) -> str | None:
    """Return the database's revision; None if it has none.

    Raises:
        StoreError: when this version does not know it.
    """
    found, known = stored_revision(connection), revisions()
    if found is not None and found not in known:
        raise StoreError(
            f"the database is at revision {found}, and this version of the assistant knows revisions up to {known[-1]} "
            "only: start the version that made it, or go back with that version's `lamoon database downgrade "
            f"{known[-1]}`"
        )
    return found


def _has_tables(connection: Connection) -> bool:
    return not metadata.tables.keys().isdisjoint(inspect(connection).get_table_names())


def _run_alembic(connection: Connection, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    getattr(command, direction)(config, revision)
