"""The two tables: requests, and the notices about them that wait for delivery.

A notice holds no words of a visitor: the mail is written from its request when it is sent, and goes when that goes.
Times are UTC without a zone, the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

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
    UniqueConstraint,
)

metadata = MetaData()

requests = Table(
    "booking_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("conversation_id", String(255), nullable=False),  # as Rasa names it
    Column("chat_id", String(32), index=True),  # the gateway's id in that name; NULL where another program named it
    Column("run_id", String(255), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("hold", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("wish", Text, nullable=False),
    Column("screening", String(20), nullable=False),
    Column("health_words", Text, nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("retracted", JSON, nullable=False),
    Column("details", JSON),  # {slot: answer} of questions that have no column; a new question needs none
    Column("consent", Boolean, nullable=False),
    Column("channel", String(50), nullable=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("conversation_id", "run_id", name="booking_requests_once_per_run"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", ForeignKey("booking_requests.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("key", String(64), nullable=False, unique=True),  # the same in every attempt to deliver
    Column("status", String(20), nullable=False),  # queued | sent | failed
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime, nullable=False),  # not before; while a worker has it: when its claim ends
    Column("claim", String(64), nullable=False),  # the worker's token, empty when nobody has it
    Column("last_problem", Text, nullable=False),
    Column("sent_at", DateTime),
    Index("outbox_due", "status", "due_at"),
)
