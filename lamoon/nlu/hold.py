"""How a person of the team lifts the hold on a conversation's bookings."""

from __future__ import annotations

from rasa.core.agent import Agent
from rasa.shared.core.events import SlotSet

from lamoon.screening.ledger import cleared


async def lift_hold(agent: Agent, sender: str) -> bool:
    """Takes the hold off; what was told so far counts as looked at. False when there is no such conversation.

    It waits for the turn that may be under way in the conversation. What is told later holds again.
    """
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None:
            return False
        slots = {
            "health_ledger": cleared(tracker.get_slot("health_ledger") or {}),
            "open_conditions": [],
            "booking_hold": False,
        }
        for name, value in slots.items():
            tracker.update(SlotSet(name, value), agent.domain)
        await agent.tracker_store.save(tracker)
    return True
