"""The slots that forms fill, and how they are emptied."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Events

# What the forms store once an answer was read; no visitor types these words.
GIVEN, REFUSED = "consent given", "consent refused"
CONFIRMED, NOT_NEEDED = "send confirmed", "not asked"
FORM_SLOTS = (
    *("visitor_name", "contact", "wish", "health_screening", "health_details", "consent", "send_booking"),
    *("handoff_question", "handoff_consent", "form_misses"),
)


def cleared() -> Events:
    """Events that empty every form slot: personal data stays no longer than the form."""
    return [SlotSet(name, None) for name in FORM_SLOTS]
