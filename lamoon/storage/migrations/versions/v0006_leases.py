"""Leases: several gateways may share a database.

Down loses the leases of the moment: stop all gateways but one before.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, DateTime, MetaData, String, Table

revision = "0006"
down_revision = "0005"

added = MetaData()
leases = Table(
    "leases",
    added,
    Column("name", String(80), primary_key=True),
    Column("owner", String(32), nullable=False, index=True),
    Column("until", DateTime(timezone=True), nullable=False),
)


def upgrade() -> None:
    """Add the table."""
    leases.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("leases")
