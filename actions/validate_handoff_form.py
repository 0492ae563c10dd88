"""Validate the answers of the hand-off form."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_studio_facts import is_unknown
from actions.guided_form import GuidedForm, latest_message
from actions.resources import studio
from lamoon.booking import Contact, Invalid, parse_contact, parse_wish
from lamoon.booking.moves import says_something_to_team
from lamoon.contract import BOOKING
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import plain_text

OPENING = ("handoff_to_human", "cancel_or_change_booking")
MOST_WORDS_OF_A_CONTACT = 5
"""Length from which a message with a contact has further content."""


class ValidateHandoffForm(GuidedForm):
    """The message to pass on, the visitor's contact, and their consent."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_handoff_form"

    def harvest(self, answers: dict[str, Any], dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Return the contact in any message, and the message itself if it opened the form with content, or asks a
        question that the assistant could not answer.
        """
        message = latest_message(tracker)
        reading, text = message.get(BOOKING) or {}, str(message.get("text") or "")
        intent = str((message.get("intent") or {}).get("name"))
        asked = (
            str(tracker.get_slot("requested_slot") or "") if tracker.active_loop.get("name") == self.form_name() else ""
        )
        found: dict[str, Any] = {}
        given = parse_contact(
            f"{reading.get('email') or ''} {str(reading.get('phone') or '').partition(';')[0]}", studio().country
        )
        if isinstance(given, Contact) and str(given) != tracker.get_slot("contact"):
            found["contact"] = str(given)
            if asked == "handoff_question" and len(text.split()) <= MOST_WORDS_OF_A_CONTACT:
                found["handoff_question"] = None
        if tracker.get_slot("handoff_question") is None and "handoff_question" not in answers:
            opens = not asked and intent in OPENING and says_something_to_team(text)
            if opens or (intent.startswith("ask_") and is_unknown(intent, studio())):
                found["handoff_question"] = plain_text(text)
            elif not asked and intent in OPENING and (found or parse_yes_no(text)):
                found.update(_unanswered(tracker))
        tracker.slots.update(found)
        return found

    def validate_handoff_question(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the visitor's own words; a bare yes or no is refused."""
        words = Invalid("bare_yes_or_no") if parse_yes_no(value) is not None else parse_wish(value)
        return self.keep("handoff_question", words, dispatcher, tracker)

    def validate_handoff_consent(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the consent; a no ends the form, because nothing is sent without consent."""
        return self.read_consent("handoff_consent", value, dispatcher, tracker)


def _unanswered(tracker: Tracker) -> dict[str, str]:
    """Return the unanswered question right before "yes, ask the team"."""
    messages = [event for event in tracker.events if event.get("event") == "user"]
    before = (messages[-2].get("parse_data") or {}) if len(messages) > 1 else {}
    intent = str((before.get("intent") or {}).get("name"))
    unknown = intent.startswith("ask_") and is_unknown(intent, studio())
    if not (unknown or intent == "out_of_scope"):
        return {}
    return {"handoff_question": plain_text(str(before.get("text") or ""))}
