"""What the team has done about requests. A request without a row here is new; both go together."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, String, Table, Text

from lamoon.booking.tables import metadata

handled = Table(
    "desk_requests",
    metadata,
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), primary_key=True),
    Column("status", String(12), nullable=False),  # new | seen | confirmed | declined | done
    Column("staff", String(80), nullable=False),  # who set the status last; empty while nobody has
    Column("at", DateTime, nullable=False),
    Column("lifted_by", String(80), nullable=False),  # who lifted the hold last; empty while nobody has
    Column("lifted_at", DateTime),
    Column("lifted_because", Text, nullable=False),
)
