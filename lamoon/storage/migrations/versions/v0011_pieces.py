"""With which turn a message is read: people write in pieces.

Down loses what 0010 has no place for: pieces that wait are read one by one.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

from lamoon.storage.migrations.missing import add_missing_columns

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the column."""
    add_missing_columns("chat_messages", Column("read_with", Integer))


def downgrade() -> None:
    """Removes it."""
    op.drop_column("chat_messages", "read_with")
