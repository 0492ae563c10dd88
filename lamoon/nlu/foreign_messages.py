"""The intent of a message in another language, or of emoji alone: the classifier was trained on English only."""

from __future__ import annotations

from typing import Final

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.contract import LANGUAGE, SAYS
from lamoon.language.foreign import ForeignReading
from lamoon.language.languages import ENGLISH, Says
from lamoon.nlu.component import set_intent
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
# Classified correctly in any language if the message is as short as a greeting.
_SMALL_TALK: Final = ("greet", "goodbye", "thank", "affirm", "deny")
_SHORT: Final = 3
# Kept as set before: answers to a form, and results of the screening.
_SETTLED: Final = ("inform", "emergency", "report_condition")


def conversation_language(tracker: DialogueStateTracker | None) -> str | None:
    """Return the language of the conversation so far; None for English."""
    return str(tracker.get_slot(LANGUAGE) or "") or None if tracker else None


def mark_language(message: Message, reading: ForeignReading, current: str | None) -> None:
    """Add the language and the other acts to the parse result, and an entity for the slot of the language.

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
    """Set the intent of a message in another language, unless the screening has set its own."""
    intent = (message.get(INTENT) or {}).get("name")
    wish = next((act for act in _ORDER if act in reading.says), None)
    if intent in _SETTLED and wish not in ("person", "nothing"):
        return
    if intent == "emergency":
        return
    if wish:
        set_intent(message, _INTENTS[wish], alone=True)
    elif intent not in _SMALL_TALK or len((message.get(TEXT) or "").split()) > _SHORT:
        set_intent(message, "out_of_scope/other_language", "utter_out_of_scope/other_language", alone=True)


def settle_emoji(message: Message, meaning: Emoji) -> None:
    """Set the intent of a message of emoji alone."""
    if meaning in _INTENTS:
        set_intent(message, _INTENTS[meaning], alone=True)
    if meaning in ("yes", "no"):
        message.set(SAYS, [meaning], add_to_output=True)
    if meaning == "other":
        set_intent(message, "out_of_scope/gibberish", "utter_emoji", alone=True)
