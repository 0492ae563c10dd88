"""Messages that their writers deleted: their words go, and so do quotes of them. What they led to stays.

All methods block: call them in a thread. They raise StoreError when the database fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.chat.model import Message
from lamoon.chat.records import find_conversation
from lamoon.chat.safe_tree import plain_tree
from lamoon.chat.store import WAITING
from lamoon.phrasebook import say
from lamoon.storage.database import Database
from lamoon.storage.tables import messages, turns, withdrawals
from lamoon.text.clean import plain_text
from lamoon.text.redaction import Redaction


@dataclass(frozen=True)
class Withdrawn:
    """A deleted message.

    Attributes:
        message_id: its id.
        turn_id: the id of the message with which it was read, its own for most.
        sender: the conversation's name in Rasa.
        words: its words, and those of the whole turn where it was read with others, which quotes may hold too; None while
            it waits for its answer: an emergency is answered all the same.
    """

    message_id: int
    turn_id: int
    sender: str
    words: tuple[str, ...] | None = field(repr=False)


def is_withdrawn(message: Message) -> bool:
    """Whether its writer has deleted a message."""
    return message.author == "visitor" and message.text == say("message_withdrawn")


class Withdrawals:
    """The deleted messages of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, conversation_id: str, client_id: str) -> bool:
        """Deletes the words of a visitor's message, at the visitor's wish; False where there is no such message.

        Replies, requests and Rasa quote them: `Eraser` takes them out there, once the message is answered.
        """
        note = say("message_withdrawn")
        theirs = (messages.c.conversation_id == conversation_id) & (messages.c.client_id == client_id)
        with self._database.writing("delete a message") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            row = connection.execute(select(messages).where(theirs, messages.c.author == "visitor")).first()
            if row is None:
                return False
            words = row.words or plain_text(row.text)  # until they are taken out everywhere
            gone = {"text": note, "body": plain_tree("", note), "words": words}
            connection.execute(update(messages).where(messages.c.id == row.id).values(gone))
            if not connection.execute(select(withdrawals).where(withdrawals.c.message_id == row.id)).first():
                place = {"message_id": row.id, "conversation_id": conversation_id}
                connection.execute(insert(withdrawals).values(**place, sender=conversation.sender(row.run)))
        return True

    def pending(self) -> Sequence[Withdrawn]:
        """Deleted messages whose words are still quoted."""
        query = select(withdrawals.c.message_id, withdrawals.c.sender, messages.c.words, messages.c.state)
        query = query.add_columns(messages.c.read_with).order_by(withdrawals.c.message_id)
        query = query.outerjoin(messages, messages.c.id == withdrawals.c.message_id)
        with self._database.reading("look for deleted messages") as connection:
            return [_withdrawn(connection, row) for row in connection.execute(query).all()]

    def redact(self, message_id: int, redactions: Sequence[Redaction]) -> None:
        """Takes the words of a deleted message out of what is said after it, and out of explanations."""
        with self._database.writing("take words out of messages") as connection:
            conversation_id = connection.execute(
                select(withdrawals.c.conversation_id).where(withdrawals.c.message_id == message_id)
            ).scalar()
            theirs = (messages.c.conversation_id == conversation_id) & (messages.c.id >= message_id)
            for row in connection.execute(select(messages).where(theirs, messages.c.author != "visitor")).all():
                quoted = {"text": row.text, "body": row.body, "choices": row.choices}
                for redaction in redactions:
                    quoted = {"text": redaction.text(quoted["text"]), "body": redaction.tree(quoted["body"], "")} | {
                        "choices": [{**one, "title": redaction.text(one["title"])} for one in quoted["choices"]]
                    }
                connection.execute(update(messages).where(messages.c.id == row.id).values(quoted))
            for row in connection.execute(select(turns).where(turns.c.conversation_id == conversation_id)).all():
                details = row.details
                for redaction in redactions:
                    details = redaction.tree(details)
                connection.execute(update(turns).where(turns.c.message_id == row.message_id).values(details=details))
            connection.execute(update(messages).where(messages.c.id == message_id).values(words=""))
            connection.execute(delete(withdrawals).where(withdrawals.c.message_id == message_id))
        self._database.scrub()


def _withdrawn(connection: Connection, row: Any) -> Withdrawn:
    if row.state in WAITING:
        return Withdrawn(row.message_id, row.message_id, row.sender, None)
    words: tuple[str, ...] = (row.words or "",)
    turn_id = row.read_with or row.message_id
    pieces = select(messages.c.words).where(messages.c.read_with == turn_id).order_by(messages.c.id)
    together = connection.execute(pieces).scalars().all()
    if len(together) > 1:
        words = (*words, " ".join(together))
    return Withdrawn(row.message_id, turn_id, row.sender, words)
