"""Buttons below a message: whether one can still be pressed, and pressing it. For use inside a transaction."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from lamoon.chat.model import Choice, Conversation, Message
from lamoon.chat.records import message_of
from lamoon.errors import LamoonError
from lamoon.storage.tables import messages


class ChoiceError(LamoonError):
    """The choice was used already, or belongs to an earlier run."""


def use_choice(connection: Connection, conversation: Conversation, message_id: int, index: int) -> tuple[str, str]:
    """Title and sentence of a choice, which becomes used."""
    same = (messages.c.conversation_id == conversation.id) & (messages.c.id == message_id)
    row = connection.execute(select(messages).where(same)).first()
    if row is None or row.id < conversation.shown_from or index >= len(row.choices):
        raise ChoiceError("this choice belongs to a conversation that was started over")
    chosen = row.choices[index]
    if is_used(message_of(row), Choice(**chosen), conversation):
        raise ChoiceError("this choice was used already")
    changed = [*row.choices[:index], {**chosen, "used": True}, *row.choices[index + 1 :]]
    connection.execute(update(messages).where(messages.c.id == message_id).values(choices=changed))
    return chosen["title"], chosen["payload"]


def is_used(message: Message, choice: Choice, conversation: Conversation) -> bool:
    """Whether a choice is used up: it was clicked, or it answered a question that is no longer the latest.

    Follow-up suggestions under an answer from the guide stay valid.
    """
    return choice.used or (message.source is None and message.id < conversation.last_said)
