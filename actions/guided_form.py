"""A form that helps: it explains after two invalid answers to the same question and offers a person after three."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form_slots import GIVEN, REFUSED
from lamoon.booking.yes_no import read_yes_no

EXPLAIN_AFTER = 2
OFFER_PERSON_AFTER = 3
PERSON = {"title": "Talk to a person", "payload": "I'd like to talk to a person"}
STOP = {"title": "Stop", "payload": "stop"}


class GuidedForm(FormValidationAction, ABC):
    """Base of our form validations. Subclasses name their hints in `EXPLANATIONS`, by slot."""

    EXPLANATIONS: ClassVar[dict[str, str]] = {}

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    def refuse(self, slot: str, reason: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Says why an answer cannot be taken; the form then asks again.

        Args:
            slot: the question.
            reason: a sentence for the visitor.
        """
        misses = (tracker.get_slot("form_misses") or {}).get(slot, 0) + 1
        if misses >= OFFER_PERSON_AFTER:
            text = f"{reason} We seem to be stuck here. Would you rather talk to a person?"
            dispatcher.utter_message(text=text, buttons=[PERSON, STOP])
        elif misses >= EXPLAIN_AFTER:
            dispatcher.utter_message(text=f"{reason} {self.EXPLANATIONS.get(slot, '')}".strip())
        else:
            dispatcher.utter_message(text=reason)
        return {slot: None, "form_misses": {**(tracker.get_slot("form_misses") or {}), slot: misses}}

    def read_consent(self, slot: str, value: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Takes a plain yes or no to "may I send it?"; a value of `form_slots` is kept.

        Args:
            slot: the question.
            value: the visitor's message, or what the slot held before.
        """
        agreed = True if value == GIVEN else read_yes_no(value)
        if agreed is None:
            return self.refuse(slot, "I need a clear yes or no for that.", dispatcher, tracker)
        return {slot: GIVEN if agreed else REFUSED}
