"""The gateway's tables, in the same database as booking requests. Times are UTC without a zone."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lamoon.booking.tables import metadata

conversations = Table(
    "chat_conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(20), nullable=False, server_default="web"),  # web | test | telegram | ...
    Column("address", String(255)),  # the person's at a messaging platform; NULL on the website
    Column("mode", String(10), nullable=False),  # bot | waiting | human
    Column("run", Integer, nullable=False),  # how often it was started over; each run is a tracker of its own in Rasa
    Column("shown_from", Integer, nullable=False),  # the first message that the visitor still sees
    Column("last_said", Integer, nullable=False),  # the visitor's latest message, 0 before the first
    Column("language", String(35), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("active_at", DateTime, nullable=False, index=True),
    UniqueConstraint("channel", "address", name="chat_conversations_one_per_address"),
)

messages = Table(
    "chat_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(36)),  # the visitor's own name for the message
    Column("author", String(10), nullable=False),  # visitor | bot | team | system
    Column("at", DateTime, nullable=False),
    Column("run", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),  # as read: a visitor's words, or markdown
    Column("words", Text, nullable=False),  # a visitor's message as Rasa hears it
    Column("body", JSON, nullable=False),  # the safe tree
    Column("choices", JSON, nullable=False),  # [{title, payload, used}]
    Column("source", JSON),
    # unscreened | received | urgent | answered (see lamoon.gateway.store); `said` for all but visitors' messages
    Column("state", String(10), nullable=False),
    Column("due_at", DateTime),  # it came over the limit of pace, and is not answered before; NULL: at once
    Column("reply_to", Integer),
    Column("position", Integer),  # among the replies to the same message
    Column("feedback", String(4)),
    Column("feedback_word", Text, nullable=False),
    UniqueConstraint("conversation_id", "client_id", name="chat_messages_once_per_client_id"),
    UniqueConstraint("reply_to", "position", name="chat_messages_one_answer"),
    Index("chat_messages_by_conversation", "conversation_id", "id"),
    Index("chat_messages_by_state", "state"),
    Index("chat_messages_by_feedback", "feedback", "at"),
    sqlite_autoincrement=True,  # an id is never used again, so that a stream can resume by it
)

turns = Table(
    "chat_turns",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("label", String(100), nullable=False),  # topic, kind or intent; empty where Rasa gave no answer
    Column("confidence", Float),
    Column("outcome", String(20), nullable=False),  # of screening; empty where Rasa gave no answer
    Column("form", String(40), nullable=False),  # the form that is open after it; empty outside forms
    Column("seconds", Float, nullable=False),  # from taking the message up to its answer
    Column("reason", String(12), nullable=False),  # why somebody should look at it (lamoon.gateway.reasons), or empty
    Column("reviewed", Boolean, nullable=False),
    Column("details", JSON, nullable=False),  # what lamoon.nlu.turn_facts tells; {} where Rasa gave no answer
    Index("chat_turns_to_review", "reviewed", "reason", "message_id"),
)

handovers = Table(  # a row for every conversation that a person has, or was asked for
    "chat_handovers",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("staff", String(80), nullable=False),  # who has it; empty while nobody does
    Column("asked_at", DateTime),  # when the visitor asked for a person; NULL when somebody came unasked
    Column("team_at", DateTime, nullable=False),  # when the team did something last; before that, when it was asked
    Column("told", Boolean, nullable=False),  # whether the visitor has read that nobody could come yet
)

notes = Table(  # among the team; no visitor reads them
    "chat_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)

erasures = Table(
    "chat_erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender", String(255), nullable=False, unique=True),  # a conversation that Rasa still has to forget
    Column("bookings", Boolean, nullable=False),  # its requests to the studio too
)

probes = Table(  # empty: what the health page writes, and removes again
    "chat_probes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("filler", Text, nullable=False),
)
