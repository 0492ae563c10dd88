"""The REST channel's routes other than messages: earlier replies, the health record for staff and their decisions,
deletion, and shifting time in a sandbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.contract import BOOKING_HOLD, HEALTH_RECORD, OPEN_CONDITIONS, ConversationName, HealthRecord
from lamoon.dialogue.health_record import cleared, over
from lamoon.errors import ContractError, StoreError
from lamoon.nlu.conversation_store import ConversationStore
from lamoon.nlu.multi_question_policy import SECOND_QUESTION
from lamoon.nlu.safety_screening import SAFETY, recent_signs
from lamoon.text.redaction import REDACTED, Redaction

MOST_MINUTES = 7 * 24 * 60


async def shift_time(agent: Agent, sender: str, minutes: int) -> bool:
    """Shift the events of a sandbox conversation into the past. False when it does not exist; no other kind is ever
    shifted.

    Waits for a turn in progress in the conversation.
    """
    name = ConversationName.read(sender)
    if name is None or not name.is_sandbox:
        return False
    async with agent.lock_store.lock(sender):
        return await conversation_store(agent).move_back(sender, minutes * 60)


async def lift_hold(agent: Agent, sender: str) -> bool:
    """Lift the hold: the conditions disclosed so far count as reviewed. False when the conversation does not exist.

    Waits for a turn in progress in the conversation. A later disclosure sets the hold again.
    """
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None:
            return False
        slots = {HEALTH_RECORD: _looked_at(tracker).to_slot(), OPEN_CONDITIONS: [], BOOKING_HOLD: False}
        await _set(agent, tracker, slots)
    return True


async def end_emergency(agent: Agent, sender: str, turn: int) -> bool:
    """Record that staff closed the emergency. The hold and the conditions stay.

    Waits for a turn in progress. False, and nothing changes, when the visitor has written since the message `turn` of
    the record, or no emergency is open.
    """
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None:
            return False
        try:
            record = HealthRecord.from_slot(tracker.get_slot(HEALTH_RECORD))
        except ContractError:
            return False
        if record.turn != turn or not record.emergency.is_open:
            return False
        await _set(agent, tracker, {HEALTH_RECORD: over(record).to_slot()})
    return True


async def health_view(agent: Agent, sender: str) -> dict[str, Any]:
    """Return the visitor's health for staff: a `HealthView` as JSON. Does not wait for a turn in progress."""
    store = conversation_store(agent)
    messages = [event for event in await store.said(sender) if not event.metadata.get(SECOND_QUESTION)]
    return {
        "record": await store.latest_value(sender, HEALTH_RECORD),
        "said_at": [event.timestamp for event in messages],
        "signs": recent_signs(messages),
    }


async def _set(agent: Agent, tracker: DialogueStateTracker, slots: dict[str, Any]) -> None:
    for name, value in slots.items():
        tracker.update(SlotSet(name, value), agent.domain)
    await agent.tracker_store.save(tracker)


def _looked_at(tracker: DialogueStateTracker) -> HealthRecord:
    """Return the record after a review; a new one if it cannot be read, because a person has asked the visitor by
    now.
    """
    try:
        return cleared(HealthRecord.from_slot(tracker.get_slot(HEALTH_RECORD)))
    except ContractError:
        return HealthRecord()


MESSAGE_ID = "message_id"
NEEDED = frozenset(("visitor_name", "contact", "wish"))
"""Slots that keep the words of a deleted message: without them nobody could answer the request."""


async def replies_to(agent: Agent, sender: str, message_id: object) -> list[dict[str, Any]] | None:
    """Return the replies to the message with this id in its metadata; None if the conversation has no such message."""
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve(sender)
    return _replies(tracker.events, sender, message_id) if tracker else None


async def events_kept(agent: Agent, sender: str) -> list[dict[str, Any]]:
    """Return every event of the conversation, oldest first, for a data export."""
    async with agent.lock_store.lock(sender):
        tracker = await agent.tracker_store.retrieve_full_tracker(sender)
    return [event.as_dict() for event in tracker.events] if tracker else []


async def forget_conversation(agent: Agent, sender: str) -> None:
    """Delete every event of the conversation."""
    async with agent.lock_store.lock(sender):
        await conversation_store(agent).forget(sender)


async def forget_message(agent: Agent, sender: str, message_id: int, words: str) -> None:
    """Remove the words of one message from every event of the conversation; slots, intents and screening stay.

    Waits for a turn in progress. No effect when the conversation does not exist.
    """
    redaction = Redaction(words)
    own = False

    def change(event: dict[str, Any]) -> dict[str, Any]:
        nonlocal own
        if event["event"] == UserUttered.type_name and not (event.get("metadata") or {}).get(SECOND_QUESTION):
            own = (event.get("metadata") or {}).get(MESSAGE_ID) == message_id
        if event["event"] == UserUttered.type_name:
            return _without_words(event) if own else event
        if event["event"] == SlotSet.type_name:
            return (
                event if event["name"] in NEEDED else {**event, "value": redaction.tree(event["value"], event["name"])}
            )
        if event["event"] == BotUttered.type_name:
            redacted = redaction.text(event.get("text") or "") or None
            return {**event, "text": redacted, "data": redaction.tree(event.get("data"))}
        return event

    async with agent.lock_store.lock(sender):
        await conversation_store(agent).rewrite(sender, change)


def _without_words(event: dict[str, Any]) -> dict[str, Any]:
    """Return a visitor's message without its words; intent and screening stay."""
    parsed = event.get("parse_data") or {}
    safety = parsed.get(SAFETY) or {}
    bare = [{"id": one["id"], "status": one["status"]} for one in safety.get("conditions", ())]
    screened = {"outcome": safety.get("outcome", "none"), "conditions": bare}
    found: dict[str, Any] = {"text": REDACTED, "entities": [], "intent": parsed.get("intent") or {}, SAFETY: screened}
    return {**event, "text": REDACTED, "parse_data": found}


def conversation_store(agent: Agent) -> ConversationStore:
    """Return the agent's tracker store. Raises StoreError when endpoints.yml configures another one."""
    store = agent.tracker_store
    if not isinstance(store, ConversationStore):
        raise StoreError("endpoints.yml must name lamoon.nlu.conversation_store.ConversationStore as tracker_store")
    return store


def _replies(events: Iterable[Event], sender: str, message_id: object) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] | None = None
    for event in events:
        if isinstance(event, UserUttered):
            if event.metadata.get(SECOND_QUESTION):
                continue  # part of the same message
            if found is not None:
                break
            if event.metadata.get(MESSAGE_ID) == message_id:
                found = []
        elif found is not None and isinstance(event, BotUttered):
            found.append(_reply(event, sender))
    return found


def _reply(event: BotUttered, sender: str) -> dict[str, Any]:
    """Return the reply as the channel returned it the first time."""
    given = {name: value for name, value in (event.data or {}).items() if value}
    reply = {"recipient_id": sender, "text": event.text, **given, "metadata": event.metadata}
    return {name: value for name, value in reply.items() if value}
