"""Transfer of rows between stores: read in a fixed order, written in batches, with counts and checksums on both sides.

A row is transferred as a list of plain values in the order of the columns' names, JSON as its stored text; encrypted
texts stay encrypted. The checksum of a table is therefore the same in SQLite, in PostgreSQL and in a backup.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import JSON, Date, DateTime, Integer, String, Table, Text, bindparam, cast, func, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql import ColumnElement

from lamoon.storage.sides import Side, TransferError

BATCH: Final = 500
"""Rows in memory at once."""
Row = Sequence[Any]


@dataclass(frozen=True)
class Sum:
    """The number of rows, and their SHA-256."""

    rows: int
    sha256: str


class Summing:
    """An iterator that counts and hashes rows; `sum` is complete at its end."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self._count, self._hash = 0, hashlib.sha256()

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self._count += 1
            self._hash.update(line_of(row))
            yield row

    @property
    def sum(self) -> Sum:
        """The checksum of the rows so far."""
        return Sum(self._count, self._hash.hexdigest())


def line_of(row: Row) -> bytes:
    """Return a row as a line of JSON."""
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def columns_of(table: Table) -> list[str]:
    """Return the columns in the order of transfer, which differs from that of an extended table."""
    return sorted(column.name for column in table.columns)


def rows_of(side: Side, table: Table) -> Iterator[Row]:
    """Yield the table's rows as plain values in the order of its key, the same in every database."""
    columns = [table.columns[name] for name in columns_of(table)]
    query = select(*(cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in columns))
    key = [_in_bytes(column, side) for column in table.primary_key.columns]
    result = side.connection.execute(query.order_by(*key), execution_options={"stream_results": True})
    for batch in result.partitions(BATCH):
        for row in batch:
            yield [_plain(value) for value in row]


def write_rows(side: Side, table: Table, rows: Iterable[Row]) -> None:
    """Write rows of plain values.

    Raises:
        TransferError: when the database cannot hold one of them.
    """
    columns = [table.columns[name] for name in columns_of(table)]
    values = {c.name: bindparam(c.name, type_=Text() if isinstance(c.type, JSON) else c.type) for c in columns}
    statement = insert(table).values(values)
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        if not side.is_sqlite and any("\0" in value for row in batch for value in row if isinstance(value, str)):
            raise TransferError(_unfit(table, "it holds the character U+0000"))
        named = [{c.name: _typed(c.type, value) for c, value in zip(columns, row, strict=True)} for row in batch]
        try:
            side.connection.execute(statement, named)
        except (DataError, IntegrityError) as error:  # without its text, which quotes the row
            raise TransferError(_unfit(table, str(getattr(error.orig, "pgcode", "") or type(error).__name__))) from None


def sum_of(side: Side, table: Table) -> Sum:
    """Return count and checksum of the table."""
    summing = Summing(rows_of(side, table))
    for _ in summing:
        pass
    return summing.sum


def last_id(side: Side, table: Table) -> int | None:
    """Return the highest id that the table ever assigned, including deleted rows; None if it does not assign ids."""
    name = _counting_column(table)
    if name is None:
        return None
    highest = int(side.connection.execute(select(func.coalesce(func.max(table.c[name]), 0))).scalar_one())
    if side.is_sqlite:
        given = _sqlite_sequence(side, table)
    elif sequence := _postgres_sequence(side, table, name):
        query = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}"  # noqa: S608  its own name
        given = side.connection.exec_driver_sql(query).scalar()
    else:
        return None
    return max(highest, int(given or 0))


def go_on_after(side: Side, table: Table, last: int) -> None:
    """Make the table assign ids after this one, and after its existing ones."""
    name = _counting_column(table)
    if name is None:
        return
    last = max(last, last_id(side, table) or 0)
    if not side.is_sqlite:
        if sequence := _postgres_sequence(side, table, name):  # unlike setval(), it ends with the transaction
            side.connection.exec_driver_sql(f"ALTER SEQUENCE {sequence} RESTART WITH {last + 1}")
    elif _remembers(side, table):
        side.connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        add = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
        side.connection.execute(add, {"name": table.name, "last": last})


def _in_bytes(column: ColumnElement[Any], side: Side) -> ColumnElement[Any]:
    """Sort texts by bytes, because PostgreSQL's own order depends on its locale."""
    is_text = isinstance(column.type, String)
    return column.collate("C") if is_text and not side.is_sqlite else column


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if kind.timezone else moment
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _unfit(table: Table, why: str) -> str:
    return (
        f"a row of {table.name} does not fit into the database that it goes to ({why}): expected values of the columns' "
        "types and lengths. Correct or delete the row, then run this again; nothing was written"
    )


def _counting_column(table: Table) -> str | None:
    columns = list(table.primary_key.columns)
    is_number = len(columns) == 1 and isinstance(columns[0].type, Integer)
    return columns[0].name if is_number and not columns[0].foreign_keys else None


def _postgres_sequence(side: Side, table: Table, column: str) -> str | None:
    query = "SELECT pg_get_serial_sequence(quote_ident(%s), %s)"
    found: str | None = side.connection.exec_driver_sql(query, (table.name, column)).scalar()
    return found


def _remembers(side: Side, table: Table) -> bool:
    """Return whether SQLite keeps the last id of the table."""
    query = text("SELECT sql FROM main.sqlite_master WHERE name = :name")
    return "AUTOINCREMENT" in str(side.connection.execute(query, {"name": table.name}).scalar())


def _sqlite_sequence(side: Side, table: Table) -> int:
    if not _remembers(side, table):
        return 0
    query = text("SELECT seq FROM main.sqlite_sequence WHERE name = :name")
    return int(side.connection.execute(query, {"name": table.name}).scalar() or 0)
