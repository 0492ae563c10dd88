"""All rows of all tables that belong to conversations and requests, whichever part of the gateway keeps them.

What belongs to what, the foreign keys tell: a table that is added tomorrow is handed out and counted too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, or_, select
from sqlalchemy.engine import Connection

from lamoon.booking.tables import metadata, requests
from lamoon.gateway.desk.data.people import Part
from lamoon.gateway.tables import conversations

Rows = Sequence[dict[str, Any]]


def belongings(connection: Connection, parts: Iterable[Part]) -> dict[str, Rows]:
    """The rows of each table by its name; tables without any are left out."""
    parts = list(parts)
    found: dict[Table, Rows] = {
        conversations: [dict(part.conversation._mapping) for part in parts if part.conversation],
        requests: [dict(row._mapping) for part in parts for row in part.requests],
    }
    for table in metadata.sorted_tables:
        if table not in found:
            found[table] = _rows_under(connection, table, found)
    return {table.name: rows for table, rows in found.items() if rows}


def _rows_under(connection: Connection, table: Table, found: dict[Table, Rows]) -> Rows:
    """The rows of a table that refer to rows that were found."""
    refers = [
        key.parent.in_([row[key.column.name] for row in found[key.column.table]])
        for key in table.foreign_keys
        if found.get(key.column.table)
    ]
    if not refers:
        return []
    query = select(table).where(or_(*refers)).order_by(*table.primary_key)
    return [dict(row._mapping) for row in connection.execute(query)]


def as_json(value: object) -> str:
    """What JSON has no word for, as text."""
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)
