"""Messages that their writers deleted; platforms' ids of what we send, and templates.

Down loses what 0007 cannot store: deletions still pending in Rasa and in requests (stop the gateway after it has
completed them), and the template of a message outside the window.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, String, Table

from lamoon.storage.migrations.missing import add_missing_columns

revision = "0008"
down_revision = "0007"

added = MetaData()
conversations = Table("chat_conversations", added, Column("id", String(32), primary_key=True))
messages = Table("chat_messages", added, Column("id", Integer, primary_key=True))
withdrawals = Table(
    "chat_withdrawals",
    added,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sender", String(255), nullable=False),
)


def upgrade() -> None:
    """Add the table and the columns."""
    withdrawals.create(op.get_bind(), checkfirst=True)
    add_missing_columns(
        "channel_deliveries",
        Column("platform_id", String(255), nullable=False, server_default=""),
        Column("template", JSON),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("chat_withdrawals")
    op.drop_column("channel_deliveries", "template")
    op.drop_column("channel_deliveries", "platform_id")
