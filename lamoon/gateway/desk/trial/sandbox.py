"""Sandbox conversations: each of the team has one at a time. All methods block: call them in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from lamoon.booking.database import Database
from lamoon.contract import SANDBOX
from lamoon.gateway.desk.trial.tables import trials
from lamoon.gateway.model import Conversation, Message
from lamoon.gateway.records import find_conversation, message_of
from lamoon.gateway.store import ChatStore
from lamoon.gateway.tables import messages, turns

MOST_MESSAGES = 200


@dataclass(frozen=True)
class Exchange:
    """Something said, and what followed it. `said` is None for what came before any message of the visitor.

    `words` is the message as Rasa heard it, `details` what `lamoon.nlu.turn_facts` tells of it, `seconds` how long its
    answer took (None while it has none).
    """

    said: Message | None
    words: str = field(default="", repr=False)
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    seconds: float | None = None
    replies: list[Message] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class Trial:
    """A sandbox conversation with its latest exchanges, the oldest first."""

    conversation: Conversation
    exchanges: Sequence[Exchange]


class Sandbox:
    """The sandbox conversations of one database."""

    def __init__(self, database: Database, chat: ChatStore) -> None:
        self._database = database
        self._chat = chat

    def current(self, staff_id: int) -> str:
        """The conversation that somebody has now; "" before their first one."""
        query = select(trials.c.conversation_id).where(trials.c.staff_id == staff_id)
        with self._database.reading("look for a sandbox") as connection:
            return str(connection.execute(query).scalar() or "")

    def begin(self, staff_id: int) -> str:
        """Opens a fresh conversation, as a new person would, and deletes the one before with all that came of it."""
        made = self._chat.open(channel=SANDBOX).id
        mine = trials.c.staff_id == staff_id
        with self._database.writing("begin a sandbox") as connection:
            before = connection.execute(select(trials.c.conversation_id).where(mine)).scalar()
            connection.execute(delete(trials).where(mine))
            connection.execute(insert(trials).values(staff_id=staff_id, conversation_id=made))
        if before:
            self._chat.delete(before, bookings=True)
        return made

    def read(self, conversation_id: str) -> Trial:
        """What was said in any conversation, and why it was answered so. Raises GoneError."""
        with self._database.reading("read a sandbox") as connection:
            conversation = find_conversation(connection, conversation_id)
            return Trial(conversation, _exchanges(connection, conversation))

    def last_words(self, conversation_id: str) -> tuple[str, str] | None:
        """The visitor's latest message that is still shown: as read and as Rasa heard it. Raises GoneError."""
        with self._database.reading("read a sandbox") as connection:
            last = find_conversation(connection, conversation_id).last_said
            row = connection.execute(select(messages.c.text, messages.c.words).where(messages.c.id == last)).first()
        return (row.text, row.words) if row else None


def _exchanges(connection: Connection, conversation: Conversation) -> list[Exchange]:
    query = (
        select(messages, turns.c.details, turns.c.seconds)
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .where(messages.c.conversation_id == conversation.id, messages.c.id >= conversation.shown_from)
        .order_by(messages.c.id.desc())
        .limit(MOST_MESSAGES)
    )
    found: dict[int, Exchange] = {}
    last = 0
    for row in reversed(connection.execute(query).all()):
        if row.author == "visitor":
            last = row.id
            found[last] = Exchange(message_of(row), row.words, row.details or {}, row.seconds)
        else:
            # An answer belongs to its message, though the next one may have come before it.
            at = row.reply_to if row.reply_to in found else last
            found.setdefault(at, Exchange(None)).replies.append(message_of(row))
    return list(found.values())
