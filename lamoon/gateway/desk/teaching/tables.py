"""What the team thinks of answers. A review goes with its message."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, String, Table, Text

from lamoon.booking.tables import metadata

reviews = Table(
    "desk_reviews",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("staff", String(80), nullable=False),
    Column("given", String(100), nullable=False),  # the label that the assistant had found
    Column("right", String(100), nullable=False),  # the label that it should have found
    Column("phrase", Text, nullable=False),  # what is to be learned, without personal data; empty when dropped
    Index("desk_reviews_by_time", "at"),
)
