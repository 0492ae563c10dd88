"""Health forms before the visit: their links, and the encrypted answers.

Down loses all links and forms.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

revision = "0005"
down_revision = "0004"

added = MetaData()
Table("booking_requests", added, Column("reference", String(20), primary_key=True))
links = Table(
    "health_form_links",
    added,
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), primary_key=True),
    Column("version", String(22), nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("sent_at", DateTime),
)
forms = Table(
    "health_forms",
    added,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("filled_at", DateTime, nullable=False),
    Column("hold", Boolean, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("reference", "number", name="health_forms_one_per_number"),
)


def upgrade() -> None:
    """Create the two tables."""
    for table in (links, forms):
        table.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop the two tables."""
    for table in (forms, links):
        op.drop_table(table.name)
