"""Validates the answers of the hand-off form."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.guided_form import GuidedForm
from lamoon.booking import Invalid, parse_wish
from lamoon.text.answers import parse_yes_no


class ValidateHandoffForm(GuidedForm):
    """The message to pass on, the visitor's contact, and their consent."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_handoff_form"

    def validate_handoff_question(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The visitor's own words; a bare yes or no is refused."""
        words = Invalid("bare_yes_or_no") if parse_yes_no(value) is not None else parse_wish(value)
        return self.keep("handoff_question", words, dispatcher, tracker)

    def validate_handoff_consent(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A no ends the form: nothing is sent without consent."""
        return self.read_consent("handoff_consent", value, dispatcher, tracker)
