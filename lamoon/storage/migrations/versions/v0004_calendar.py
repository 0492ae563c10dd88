"""Times of the studio's calendar: holds, the copy of the calendar, and the wait list.

Down loses all of it. Events that holds have put into the studio's calendar stay there.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table

revision = "0004"
down_revision = "0003"

added = MetaData()
Table("booking_requests", added, Column("reference", String(20), primary_key=True))  # referenced by the others
holds = Table(
    "booking_holds",
    added,
    Column("id", Integer, primary_key=True),
    Column("uid", String(64), nullable=False, unique=True),
    Column("owner", String(255), unique=True),
    Column("reference", String(20), unique=True),
    Column("starts_at", DateTime, nullable=False),
    Column("ends_at", DateTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("expires_at", DateTime),
    Column("mirrored", String(12), nullable=False),
    Index("booking_holds_by_state", "state", "expires_at"),
)
hold_cells = Table(
    "booking_hold_cells",
    added,
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("hold_id", ForeignKey("booking_holds.id", ondelete="CASCADE"), nullable=False, index=True),
)
copies = Table(
    "calendar_copies",
    added,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("read_at", DateTime, nullable=False),
    Column("until", DateTime, nullable=False),
    Column("busy", JSON, nullable=False),
)
waits = Table(
    "booking_waits",
    added,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), nullable=False, unique=True),
    Column("whens", JSON, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("offered", JSON, nullable=False),
    Index("booking_waits_by_state", "state", "id"),
)
TABLES = [holds, hold_cells, copies, waits]


def upgrade() -> None:
    """Create the tables."""
    added.create_all(op.get_bind(), tables=TABLES)


def downgrade() -> None:
    """Drop the tables."""
    added.drop_all(op.get_bind(), tables=TABLES)
