"""The move of a whole store from SQLite to an empty PostgreSQL database: all tables in one transaction, with checksums
on both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lamoon.storage import schema
from lamoon.storage.sides import Place, Side, TransferError, reading, writing
from lamoon.storage.tables import leases
from lamoon.storage.tracker_table import events
from lamoon.storage.transfer import (
    Sum,
    Summing,
    columns_of,
    go_on_after,
    last_id,
    rows_of,
    sum_of,
    write_rows,
)


@dataclass(frozen=True)
class Moved:
    """A copied table: its checksum at the source and at the target."""

    table: str
    sent: Sum
    arrived: Sum

    def __str__(self) -> str:
        what = "the same" if self.sent == self.arrived else "DIFFERENT"
        sums = (f"{each.rows:8} {each.sha256[:16]}" for each in (self.sent, self.arrived))
        return f"{self.table:24} {' -> '.join(sums)}  {what}"


def move(source: Place, target: Place, tell: Callable[[Moved], None]) -> None:
    """Copy everything; the source is unchanged. `tell` is called for each table.

    Raises:
        InUseError: when processes use either side.
        TransferError: when the target is not empty, a revision is not the newest, or a table did not arrive intact.
        Nothing is written then. StoreError: when a database fails. Nothing is written then.
    """
    with reading(source) as from_, writing(target) as to:
        _check_source(from_)
        _prepare_target(to, target)
        there = to.tables()
        different = []
        for name, table in from_.tables().items():
            if name not in there or columns_of(table) != columns_of(there[name]):
                raise TransferError(
                    f"the columns of {name} are not those of its revision: expected a database that only the assistant "
                    "has changed. Compare it with lamoon/storage/tables.py; nothing was written"
                )
            rows = Summing(rows_of(from_, table))
            write_rows(to, there[name], rows)
            go_on_after(to, there[name], last_id(from_, table) or 0)
            moved = Moved(name, rows.sum, sum_of(to, there[name]))
            tell(moved)
            if moved.sent != moved.arrived:
                different.append(name)
        check_arrived(different)


def check_arrived(different: list[str]) -> None:
    """Raise TransferError when tables did not arrive intact."""
    if different:
        raise TransferError(
            f"{', '.join(different)} did not arrive as sent: expected the same rows and checksums on both sides. Nothing "
            "was written; check the database's encoding (UTF8) and run this again"
        )


def _check_source(side: Side) -> None:
    found, newest = schema.checked_revision(side.connection), schema.revisions()[-1]
    if found != newest:
        raise TransferError(
            f"the database to move is at revision {found or 'none'}: expected {newest}, the newest. Run `lamoon database "
            "upgrade` with its address in LAMOON_DATABASE_URL, then this again"
        )


def _prepare_target(side: Side, target: Place) -> None:
    found, newest = schema.checked_revision(side.connection), schema.revisions()[-1]
    side.check_empty(target, "Make a new database, or name another one")
    if (found is None and side.tables().keys() - {events.name}) or found not in (None, newest):
        raise TransferError(
            f"the PostgreSQL database is at revision {found or 'none'}: expected none or {newest}. Run `lamoon database "
            "upgrade` with its address in LAMOON_DATABASE_URL, then this again; nothing was written"
        )
    schema.upgrade_within(side.connection, newest)
    side.connection.execute(leases.delete())  # of dead processes
    side.add_events()
