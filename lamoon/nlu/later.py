"""How time passes at once in a sandbox conversation, so that somebody can try what comes after a pause."""

from __future__ import annotations

from rasa.core.agent import Agent

from lamoon.contract import ConversationName
from lamoon.nlu.heard import conversation_store

MOST_MINUTES = 7 * 24 * 60


async def let_time_pass(agent: Agent, sender: str, minutes: int) -> bool:
    """Makes all that was said so much older. False when there is no such sandbox conversation; no other is ever moved.

    It waits for the turn that may be under way in the conversation.
    """
    name = ConversationName.read(sender)
    if name is None or not name.is_sandbox:
        return False
    async with agent.lock_store.lock(sender):
        return await conversation_store(agent).move_back(sender, minutes * 60)
