"""Additions to existing tables: databases without a revision may have some of them already."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Index, inspect


def add_missing_columns(table: str, *columns: Column) -> None:
    """Add missing columns; they may be empty or have a default."""
    there = {found["name"] for found in inspect(op.get_bind()).get_columns(table)}
    for column in columns:
        if column.name not in there:
            op.add_column(table, column.copy())


def add_missing_indexes(*indexes: Index) -> None:
    """Add missing indexes to existing tables."""
    for index in indexes:
        index.create(op.get_bind(), checkfirst=True)
