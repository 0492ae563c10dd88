"""Rows of conversations and messages, shared by the store and the hand-overs. For use inside a transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.chat import summary
from lamoon.chat.model import Author, Choice, Conversation, Draft, Message, Mode
from lamoon.contract import EMERGENCIES
from lamoon.errors import LamoonError
from lamoon.storage.tables import conversations, deliveries, handovers, messages
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

SAID = "said"

# Compiled once: building a statement takes longer than running it.
_FIND = select(conversations).where(conversations.c.id == bindparam("conversation"))
_TAKE = _FIND.with_for_update()
_TOUCH = update(conversations).where(conversations.c.id == bindparam("conversation"))
_NAMED = select(messages.c.id).where(
    messages.c.conversation_id == bindparam("conversation"), messages.c.client_id == bindparam("name")
)
_ADD = insert(messages)
_DELIVER = insert(deliveries)


class GoneError(LamoonError):
    """The conversation was deleted."""


def find_conversation(connection: Connection, conversation_id: str, *, lock: bool = False) -> Conversation:
    """The conversation, its row locked with `lock`. Raises GoneError when it does not exist."""
    row = connection.execute(_TAKE if lock else _FIND, {"conversation": conversation_id}).first()
    if row is None:
        raise GoneError("this conversation was deleted")
    return Conversation(row.id, row.mode, row.run, row.shown_from, row.last_said, row.channel, row.address)


def message_row(conversation: Conversation, author: Author, draft: Draft) -> dict[str, Any]:
    """The row of a new message."""
    return {
        "conversation_id": conversation.id,
        "author": author,
        "at": to_naive_utc(now()),
        "run": conversation.run,
        "kind": draft.kind,
        "text": draft.text,
        "words": "",
        "body": list(draft.body),
        "choices": [asdict(choice) for choice in draft.choices],
        "source": draft.source,
        "state": SAID,
        "feedback_word": "",
    }


def add_message(connection: Connection, conversation: Conversation, row: dict[str, Any]) -> int:
    """Stores a message, queues its delivery on a messaging platform, and returns its id."""
    message_id = int(connection.execute(_ADD, row).inserted_primary_key[0])
    if conversation.address is not None and row["author"] != "visitor":
        due = {"message_id": message_id, "conversation_id": conversation.id, "state": "due"}
        connection.execute(_DELIVER, due)
    if row["author"] == "team" or row["kind"] in EMERGENCIES:
        summary.note_message(connection, conversation.id, message_id, row["author"], row["kind"])
    return message_id


def say(connection: Connection, conversation_id: str, author: Author, draft: Draft, name: str | None = None) -> int:
    """Stores a message that answers none and returns its id; repeating `name` changes nothing.

    Raises GoneError.
    """
    conversation = find_conversation(connection, conversation_id, lock=True)
    if name is not None:
        known = connection.execute(_NAMED, {"conversation": conversation_id, "name": name}).scalar()
        if known is not None:
            return int(known)
    return add_message(connection, conversation, message_row(conversation, author, draft) | {"client_id": name})


def touch(connection: Connection, conversation_id: str, **values: object) -> None:
    """Updates a conversation and its time of last activity."""
    connection.execute(_TOUCH, {"conversation": conversation_id, "active_at": to_naive_utc(now()), **values})


def message_of(row: Any) -> Message:
    """The message in a row."""
    return Message(
        id=row.id,
        author=row.author,
        kind=row.kind,
        at=from_naive_utc(row.at),
        text=row.text,
        body=row.body,
        client_id=row.client_id,
        choices=tuple(Choice(**choice) for choice in row.choices),
        source=row.source,
        feedback=row.feedback,
        over_limit=row.due_at is not None,
        staff=row.staff or "",
    )


def change_mode(connection: Connection, conversation: Conversation, mode: Mode, staff: str = "") -> None:
    """Sets who answers from now on. A conversation has a hand-over row unless the assistant alone answers."""
    touch(connection, conversation.id, mode=mode)
    theirs = handovers.c.conversation_id == conversation.id
    if mode == "bot":
        connection.execute(delete(handovers).where(theirs))
        return
    state = {"staff": staff, "team_at": to_naive_utc(now()), "told": False}
    if not connection.execute(update(handovers).where(theirs).values(state)).rowcount:
        asked_at = to_naive_utc(now()) if mode == "waiting" else None
        connection.execute(insert(handovers).values(conversation_id=conversation.id, asked_at=asked_at, **state))
