"""The inbox: conversation summaries, the author of team messages, mentions, ready replies, and notifications.

Down loses all of these.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

from lamoon.storage.migrations.missing import add_missing_columns

revision = "0009"
down_revision = "0008"

added = MetaData()
Table("chat_conversations", added, Column("id", String(32), primary_key=True))
Table("desk_staff", added, Column("id", Integer, primary_key=True))
summaries = Table(
    "chat_summaries",
    added,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("topic", String(100), nullable=False, server_default=""),
    Column("alert", String(10), nullable=False, server_default=""),
    Column("alert_at", DateTime),
    Column("held", Boolean, nullable=False, server_default=false()),
    Column("assignee", String(80), nullable=False, server_default=""),
    Column("team_said", Integer, nullable=False, server_default="0"),
    Column("team_read", Integer, nullable=False, server_default="0"),
    Column("visitor_read", Integer, nullable=False, server_default="0"),
    Index("chat_summaries_by_alert", "alert"),
)
mentions = Table(
    "desk_mentions",
    added,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("by", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("seen", Boolean, nullable=False),
)
ready_replies = Table(
    "desk_ready_replies",
    added,
    Column("id", Integer, primary_key=True),
    Column("shortcut", String(40), nullable=False, unique=True),  # what is typed after "/"
    Column("text", Text, nullable=False),
)
notification_rules = Table(
    "desk_notification_rules",
    added,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    Column("email", Text, nullable=False),
    Column("ways", JSON, nullable=False),
    Column("quiet_from", String(5), nullable=False),  # "22:00" at the studio; empty: no quiet hours
    Column("quiet_until", String(5), nullable=False),
    Column("quiet_days", JSON, nullable=False),
    Column("urgent_always", Boolean, nullable=False),
)
subscriptions = Table(
    "desk_push_subscriptions",
    added,
    Column("id", String(64), primary_key=True),
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String(120), nullable=False),
    Column("auth", String(40), nullable=False),
    Column("device", String(80), nullable=False),
    Column("created_at", DateTime, nullable=False),
)
notifications = Table(
    "desk_notifications",
    added,
    Column("key", String(64), primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("due_at", DateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(10), nullable=False),
)
TABLES = (summaries, mentions, ready_replies, notification_rules, subscriptions, notifications)


def upgrade() -> None:
    """Create the tables, and the column for the author of a team message."""
    for table in TABLES:
        table.create(op.get_bind(), checkfirst=True)
    add_missing_columns("chat_messages", Column("staff", String(80)))


def downgrade() -> None:
    """Drop the tables and the column."""
    op.drop_column("chat_messages", "staff")
    for table in reversed(TABLES):
        op.drop_table(table.name)
