"""Removal of deleted data from the database's files: PostgreSQL keeps the text of deleted rows until it needs the
space.

Each table is rewritten, which locks it meanwhile, and the write-ahead log continues in a new segment. Full segments
stay in `pg_wal` until PostgreSQL removes or overwrites them; with `wal_recycle = off` the checkpoint here removes them.
Archived logs, replicas and backups are out of reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from lamoon.storage import tracker_table
from lamoon.storage.database import translating_errors
from lamoon.storage.tables import metadata

OF_THE_LOG: Final = ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")


def scrub(engine: Engine) -> Sequence[str]:
    """Rewrite the tables and switch the log; return the steps that were refused and are left to the server's operator.

    Raises:
        StoreError: when the database fails, or a table cannot be locked.
    """
    with translating_errors("be cleaned up"), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            raw = connection.connection  # VACUUM runs outside of transactions
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return []
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        own.exec_driver_sql("SET statement_timeout = 0")
        there = {*inspect(own).get_table_names()}
        for name in sorted({*metadata.tables, tracker_table.events.name} & there):
            own.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{name}"')
        return [statement for statement in OF_THE_LOG if not _allowed(own, statement)]


def _allowed(connection: Connection, statement: str) -> bool:
    """Run a statement that requires privileges."""
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", "") == "42501":  # insufficient privilege
            return False
        raise
    return True
