"""Requests know their conversation and answers of further questions; messages wait for their turn; the health page writes.

Up: `booking_requests.chat_id` is filled from the name that Rasa has for the conversation, where the gateway made it.

Down loses what 0001 cannot store:

- `booking_requests.details`: answers to questions that have no column of their own;
- `chat_messages.due_at`: a message over the limit of pace is answered at once;
- the states `unscreened` and `urgent` become `received`: such a message is answered, and screened then, in its order;
- `chat_probes`, which is usually empty.

`chat_id` is computed again on the way up.
"""

from __future__ import annotations

import re

from alembic import op
from sqlalchemy import JSON, Column, DateTime, Index, Integer, MetaData, String, Table, Text, bindparam, column, table

from lamoon.storage.migrations.missing import add_missing_columns, add_missing_indexes

revision = "0002"
down_revision = "0001"

NAMED_BY_THE_GATEWAY = re.compile(r"[a-z_]+-([0-9a-f]{32})-\d+")
"""A conversation's name in Rasa (channel, id, run), as `lamoon.contract` had it when this was written."""
ROWS = 1000

requests = table("booking_requests", column("id"), column("conversation_id"), column("chat_id"))
messages = table("chat_messages", column("state"))
added = MetaData()
probes = Table(
    "chat_probes",
    added,
    Column("id", Integer, primary_key=True),
    Column("filler", Text, nullable=False),
)


def upgrade() -> None:
    """Add what is missing: a database without a revision may have been created or extended by a version in between."""
    add_missing_columns("booking_requests", Column("chat_id", String(32)), Column("details", JSON))
    add_missing_columns("chat_messages", Column("due_at", DateTime))
    by_chat = Table("booking_requests", MetaData(), Column("chat_id", String(32)))
    add_missing_indexes(Index("ix_booking_requests_chat_id", by_chat.c.chat_id))
    probes.create(op.get_bind(), checkfirst=True)
    _fill_chat_ids()


def downgrade() -> None:
    """Remove what 0001 does not have."""
    op.drop_table("chat_probes")
    waiting = messages.c.state.in_(["unscreened", "urgent"])
    op.execute(messages.update().where(waiting).values(state="received"))
    op.drop_column("chat_messages", "due_at")
    op.drop_index("ix_booking_requests_chat_id", "booking_requests")
    op.drop_column("booking_requests", "chat_id")
    op.drop_column("booking_requests", "details")


def _fill_chat_ids() -> None:
    connection = op.get_bind()
    change = requests.update().where(requests.c.id == bindparam("row")).values(chat_id=bindparam("chat"))
    unnamed = requests.select().where(requests.c.chat_id.is_(None)).order_by(requests.c.id).limit(ROWS)
    last = 0
    while rows := connection.execute(unnamed.where(requests.c.id > last)).all():
        last = rows[-1].id
        found = [(row.id, NAMED_BY_THE_GATEWAY.fullmatch(row.conversation_id)) for row in rows]
        if changes := [{"row": id_, "chat": name[1]} for id_, name in found if name]:
            connection.execute(change, changes)
