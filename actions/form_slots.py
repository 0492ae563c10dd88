"""The slots that forms fill, and how they are emptied."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Events
from lamoon.booking.questions import QUESTIONS

# What the forms store once an answer was read; no visitor types these words.
GIVEN, REFUSED = "consent given", "consent refused"
CONFIRMED, NOT_NEEDED = "send confirmed", "not asked"
MISSES = "form_misses"
FORM_SLOTS = (*(question.slot for question in QUESTIONS), MISSES)


def clear_form_slots() -> Events:
    """Events that empty every form slot: personal data stays no longer than the form."""
    return [SlotSet(name, None) for name in FORM_SLOTS]
