"""Checks the answers of the hand-off form."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.guided_form import GuidedForm
from actions.resources import studio
from lamoon.booking import Refusal, parse_contact, parse_wish
from lamoon.booking.yes_no import read_yes_no
from lamoon.understanding.text import plain_text


class ValidateHandoffForm(GuidedForm):
    """What to pass on, how to reach the visitor, and whether it may be sent."""

    EXPLANATIONS: ClassVar[dict[str, str]] = {
        "handoff_question": "A sentence is enough.",
        "contact": 'For example "maria@example.com", or a phone number with its area code. You can also say "never mind".',
        "handoff_consent": 'Please say "yes" or "no". Without your yes nothing is sent.',
    }

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_handoff_form"

    def validate_handoff_question(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The visitor's own words."""
        words = parse_wish(plain_text(value))
        if read_yes_no(value) is not None:
            words = Refusal("bare_yes_or_no", 'Please put it in your own words, or say "never mind".')
        if isinstance(words, Refusal):
            return self.refuse("handoff_question", words.reason, dispatcher, tracker)
        return {"handoff_question": words}

    def validate_contact(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """An e-mail address or a phone number."""
        contact = parse_contact(plain_text(value), studio().country)
        if isinstance(contact, Refusal):
            return self.refuse("contact", contact.reason, dispatcher, tracker)
        return {"contact": str(contact)}

    def validate_handoff_consent(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A no ends the form: nothing is sent without consent."""
        return self.read_consent("handoff_consent", value, dispatcher, tracker)
