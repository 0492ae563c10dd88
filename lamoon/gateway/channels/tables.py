"""The tables of messaging channels, in the same database as conversations. Times are UTC without a zone."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from lamoon.booking.tables import metadata

deliveries = Table(  # a row for every message that goes to a person at a platform
    "channel_deliveries",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(10), nullable=False),  # due | sent | failed | unwanted
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),  # in vain, since the last part that arrived
    Column("due_at", DateTime),  # NULL: at once
    Column("reason", Text, nullable=False, server_default=""),  # why it failed; no words of anybody
    Index("channel_deliveries_by_conversation", "conversation_id", "state", "message_id"),
    Index("channel_deliveries_by_state", "state"),
)

people = Table(  # what the gateway has to know of a person at a platform beside the conversation
    "channel_people",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("heard_at", DateTime, nullable=False),  # when they wrote last: some platforms let us answer for 24 hours
    Column("stopped", Boolean, nullable=False),  # they want no more messages until they write again
    Column("last_wanted", Integer),  # where they stopped: the message that says so, the last one they get
    Column("asked_to_delete", Integer),  # the message that asks whether everything is to be deleted
)

events = Table(  # what was heard already; platforms deliver some things twice
    "channel_events",
    metadata,
    Column("id", String(36), primary_key=True),  # made of the channel and the platform's name of it
    Column("at", DateTime, nullable=False, index=True),
)
