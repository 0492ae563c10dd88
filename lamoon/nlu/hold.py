"""How a person of the team lifts the hold on a conversation's bookings."""

from __future__ import annotations

from rasa.core.agent import Agent
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.contract import BOOKING_HOLD, HEALTH_RECORD, OPEN_CONDITIONS, HealthRecord
from lamoon.errors import ContractError
from lamoon.screening.ledger import cleared


async def lift_hold(agent: Agent, sender: str) -> bool:
    """Takes the hold off; what was told so far counts as looked at. False when there is no such conversation.

    It waits for the turn that may be under way in the conversation. What is told later holds again.
    """
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None:
            return False
        slots = {HEALTH_RECORD: _looked_at(tracker).to_slot(), OPEN_CONDITIONS: [], BOOKING_HOLD: False}
        for name, value in slots.items():
            tracker.update(SlotSet(name, value), agent.domain)
        await agent.tracker_store.save(tracker)
    return True


def _looked_at(tracker: DialogueStateTracker) -> HealthRecord:
    """The record as it is from now on; a new one where it cannot be read, as a person has asked the visitor by now."""
    try:
        return cleared(HealthRecord.from_slot(tracker.get_slot(HEALTH_RECORD)))
    except ContractError:
        return HealthRecord()
