"""Visitors who ask for a person: when they wait from a turn on, and when no longer. For use inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from lamoon.booking.form import FORM_OF
from lamoon.chat.model import Conversation, Draft
from lamoon.chat.records import change_mode
from lamoon.contract import SANDBOX
from lamoon.storage.tables import turns

ASKED: Final = frozenset(("utter_handoff_intro", "utter_crisis_handoff"))
"""Actions that tell the visitor that a person was asked for."""
LEAVING: Final = ("stop", "deny")


def reach_the_team(conversation: Conversation, replies: Sequence[Draft]) -> bool:
    """Whether a question went to the team, so that the visitor waits from now on. Sandbox conversations never do."""
    waits = any(reply.calls_team for reply in replies)
    return waits and conversation.mode == "bot" and conversation.channel != SANDBOX


def follow(connection: Connection, conversation: Conversation, details: Mapping[str, Any]) -> bool:
    """Lets a visitor who asks for a person wait at once, and one who thinks better of it no longer.

    `details` explain the turn. Returns whether they began to wait, before any question has gone to the team.
    """
    if conversation.channel == SANDBOX:
        return False
    if conversation.mode == "bot" and any(action.get("name") in ASKED for action in details.get("actions") or ()):
        change_mode(connection, conversation, "waiting")
        return True
    if conversation.mode == "waiting" and not details.get("form") and details.get("label") in LEAVING:
        latest = select(turns.c.form).where(turns.c.conversation_id == conversation.id)
        form = connection.execute(latest.order_by(turns.c.message_id.desc()).limit(1)).scalar()
        if form == FORM_OF["handoff"]:
            change_mode(connection, conversation, "bot")
    return False
