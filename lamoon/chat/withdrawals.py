"""Messages that their writers deleted: their words go, and so do quotes of them. What they led to stays.

All methods block: call them in a thread. They raise StoreError when the database fails.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from lamoon.chat.records import find_conversation
from lamoon.chat.safe_tree import plain_tree
from lamoon.chat.store import WAITING
from lamoon.phrasebook import say
from lamoon.storage.database import Database
from lamoon.storage.tables import messages, turns, withdrawals
from lamoon.text.clean import plain_text
from lamoon.text.redaction import Redaction


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

    def pending(self) -> Sequence[tuple[int, str, str | None]]:
        """Deleted messages whose words are still quoted: id, the conversation's name in Rasa, and the words; None while
        it waits for its answer: an emergency is answered all the same.
        """
        query = select(withdrawals.c.message_id, withdrawals.c.sender, messages.c.words, messages.c.state)
        query = query.outerjoin(messages, messages.c.id == withdrawals.c.message_id).order_by(withdrawals.c.message_id)
        with self._database.reading("look for deleted messages") as connection:
            rows = connection.execute(query).all()
        return [(row.message_id, row.sender, None if row.state in WAITING else row.words or "") for row in rows]

    def redact(self, message_id: int, redaction: Redaction) -> None:
        """Takes the words of a deleted message out of what is said after it, and out of its explanation."""
        with self._database.writing("take words out of messages") as connection:
            conversation_id = connection.execute(
                select(withdrawals.c.conversation_id).where(withdrawals.c.message_id == message_id)
            ).scalar()
            theirs = (messages.c.conversation_id == conversation_id) & (messages.c.id >= message_id)
            for row in connection.execute(select(messages).where(theirs, messages.c.author != "visitor")).all():
                quoted = {"text": redaction.text(row.text), "body": redaction.tree(row.body, "")}
                quoted["choices"] = [{**one, "title": redaction.text(one["title"])} for one in row.choices]
                connection.execute(update(messages).where(messages.c.id == row.id).values(quoted))
            for row in connection.execute(select(turns).where(turns.c.conversation_id == conversation_id)).all():
                details = redaction.tree(row.details)
                connection.execute(update(turns).where(turns.c.message_id == row.message_id).values(details=details))
            connection.execute(update(messages).where(messages.c.id == message_id).values(words=""))
            connection.execute(delete(withdrawals).where(withdrawals.c.message_id == message_id))
        self._database.scrub()
