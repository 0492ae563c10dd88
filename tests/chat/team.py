"""Who answers a conversation, changed without the desk and its notices."""

from __future__ import annotations

from lamoon.chat.model import Mode
from lamoon.chat.records import change_mode, find_conversation
from lamoon.chat.store import ChatStore


def set_mode(store: ChatStore, conversation_id: str, mode: Mode) -> None:
    """From now on the assistant or a person answers."""
    with store._database.writing("change who answers") as connection:
        change_mode(connection, find_conversation(connection, conversation_id, lock=True), mode)
