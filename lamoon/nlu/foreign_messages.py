"""What a message in another language, or of emoji alone, is taken for: the classifier has learned English only."""

from __future__ import annotations

from typing import Final

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.contract import LANGUAGE, SAYS
from lamoon.language.foreign import ForeignReading
from lamoon.language.languages import ENGLISH, Says
from lamoon.nlu.candidates import QUESTIONS
from lamoon.text.emoji import Emoji

_INTENTS: Final[dict[Says | Emoji, str]] = {
    "person": "handoff_to_human",
    "nothing": "stop",
    "thanks": "thank",
    "yes": "affirm",
    "no": "deny",
    "hello": "greet",
}
_ORDER: Final[tuple[Says, ...]] = ("person", "nothing", "thanks", "yes", "no")
# Read right in any language when the message is as short as a greeting.
_SMALL_TALK: Final = ("greet", "goodbye", "thank", "affirm", "deny")
_SHORT: Final = 3
# Taken from the classifier as it is: what a form asked for, and what the screening found.
_SETTLED: Final = ("inform", "emergency", "report_condition")


def conversation_language(tracker: DialogueStateTracker | None) -> str | None:
    """The language of the conversation so far; None for English."""
    return str(tracker.get_slot(LANGUAGE) or "") or None if tracker else None


def mark_language(message: Message, reading: ForeignReading, current: str | None) -> None:
    """Adds the language and what else was said to the parse result, and an entity for the slot that keeps it.

    A conversation stays in its language until a message is clear English.
    """
    message.set(LANGUAGE, reading.language, add_to_output=True)
    if reading.says:
        message.set(SAYS, sorted(reading.says), add_to_output=True)
    if reading.is_foreign or (current and reading.language == ENGLISH):
        text = message.get(TEXT) or ""
        entity = {"entity": LANGUAGE, "value": reading.language, "start": 0, "end": len(text)}
        message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)


def settle_foreign(message: Message, reading: ForeignReading) -> None:
    """The intent of a message in another language, after the screening has set its own."""
    intent = (message.get(INTENT) or {}).get("name")
    wish = next((said for said in _ORDER if said in reading.says), None)
    if intent in _SETTLED and wish not in ("person", "nothing"):
        return
    if intent == "emergency":
        return
    if wish:
        set_meaning(message, _INTENTS[wish])
    elif intent not in _SMALL_TALK or len((message.get(TEXT) or "").split()) > _SHORT:
        set_meaning(message, "out_of_scope/other_language", "utter_out_of_scope/other_language")


def settle_emoji(message: Message, meaning: Emoji) -> None:
    """The intent of a message of emoji alone."""
    if meaning in _INTENTS:
        set_meaning(message, _INTENTS[meaning])
    if meaning in ("yes", "no"):
        message.set(SAYS, [meaning], add_to_output=True)
    if meaning == "other":
        set_meaning(message, "out_of_scope/gibberish", "utter_emoji")


def set_meaning(message: Message, label: str, response: str = "") -> None:
    """Sets the intent, for one with kinds the response too, and that the message asks nothing else."""
    intent, _, kind = label.partition("/")
    message.set(INTENT, {"name": intent, "confidence": 1.0}, add_to_output=True)
    if response:
        selected = {"intent_response_key": label, "utter_action": response, "confidence": 1.0, "responses": []}
        selectors = message.get(RESPONSE_SELECTOR) or {}
        message.set(RESPONSE_SELECTOR, {**selectors, intent: {"response": selected, "ranking": []}}, add_to_output=True)
    question = {"text": message.get(TEXT) or "", "intent": intent, "topic": label if kind else None, "confidence": 1.0}
    message.set(QUESTIONS, [question], add_to_output=True)
