"""Which sandbox conversation somebody of the team has."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from lamoon.booking.tables import metadata

trials = Table(
    "desk_trials",
    metadata,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
)
