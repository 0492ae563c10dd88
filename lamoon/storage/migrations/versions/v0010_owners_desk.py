"""The owner's desk: lessons, publications, versions of studio.yml, second factors, pages that showed the chat.

Down loses the studio's lessons; the model in use keeps them until the next training.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text

revision = "0010"
down_revision = "0009"

added = MetaData()
desk_staff = Table("desk_staff", MetaData(), Column("id", Integer, primary_key=True))
Table(
    "desk_lessons",
    added,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("label", String(100), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("wordings", JSON, nullable=False),
    Column("stated", JSON, nullable=False),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("state", String(10), nullable=False, index=True),
)
Table(
    "desk_publications",
    added,
    Column("number", Integer, primary_key=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("beat_at", DateTime, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("step", String(200), nullable=False),
    Column("problems", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("lessons", JSON, nullable=False),
    Column("model", String(150), nullable=False),
    Column("before", String(150), nullable=False),
    Column("port", Integer, nullable=False),
    Column("wish", String(10), nullable=False),
    sqlite_autoincrement=True,
)
Table(
    "desk_studio_versions",
    added,
    Column("number", Integer, primary_key=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("field", String(40), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)
Table(
    "desk_second_factors",
    added,
    Column("staff_id", ForeignKey(desk_staff.c.id, ondelete="CASCADE"), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("used", Integer, nullable=False),
)
Table(
    "chat_sites",
    added,
    Column("origin", String(255), primary_key=True),
    Column("seen_at", DateTime, nullable=False),
)


def upgrade() -> None:
    """Add the tables."""
    added.create_all(op.get_bind())


def downgrade() -> None:
    """Remove them."""
    for table in reversed(added.sorted_tables):
        op.drop_table(table.name)
