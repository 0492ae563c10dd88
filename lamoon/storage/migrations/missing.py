"""Adds what a table lacks: databases without a revision may have some of it already."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Index, inspect


def add_missing_columns(table: str, *columns: Column) -> None:
    """Columns that may be empty or have a default."""
    there = {found["name"] for found in inspect(op.get_bind()).get_columns(table)}
    for column in columns:
        if column.name not in there:
            op.add_column(table, column.copy())


def add_missing_indexes(*indexes: Index) -> None:
    """Indexes of tables that are there."""
    for index in indexes:
        index.create(op.get_bind(), checkfirst=True)
