"""Validates the answers of the booking form."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.guided_form import CONFIRMED, NOT_NEEDED, REFUSED, GuidedForm
from lamoon.booking import Invalid, parse_name, parse_wish
from lamoon.booking.form import changeable_parts, introduction, read_change
from lamoon.booking.readers import read_go_ahead
from lamoon.booking.request import LONGEST
from lamoon.screening.answers import Answer, read_screening_answer
from lamoon.screening.screener import shared_screener
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import has_alphanumeric

MOST_WORDS_OF_A_CONTACT = 8
"""A longer message that contains a contact is a wish."""


class ValidateBookingForm(GuidedForm):
    """A method for each question with logic of its own; each returns the slots to set, None meaning "ask again"."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_booking_form"

    def validate_contact(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """An e-mail address or a phone number; a name repeated here corrects the earlier one."""
        contact = self.parse("contact", value)
        name = parse_name(introduction(value))
        if isinstance(contact, Invalid) and not isinstance(name, Invalid):
            dispatcher.utter_message(response="utter_name_changed", visitor_name=name)
            return {"visitor_name": name, "contact": None}
        return self.keep("contact", contact, dispatcher, tracker)

    def validate_wish(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The visitor's own words; a contact repeated here corrects the earlier one."""
        contact = self.parse("contact", value)
        short = len(value.split()) <= MOST_WORDS_OF_A_CONTACT
        if short and not isinstance(contact, Invalid) and tracker.get_slot("contact"):
            dispatcher.utter_message(response="utter_contact_changed", contact=str(contact))
            return {"contact": str(contact), "wish": None}
        return self.keep("wish", self.parse("wish", value), dispatcher, tracker)

    def validate_health_screening(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Only a clear no counts as no; a yes asks which; a bare "what?" asks again; anything else is kept in the
        visitor's words.
        """
        if not has_alphanumeric(value):
            return self.reject("health_screening", Invalid("no_health_answer"), dispatcher, tracker)
        answer = value if value in ("no", "yes", "details") else _screening_answer(value, tracker)
        if answer == "yes":
            return {"health_screening": "yes"}
        if answer == "asks_back":
            return self.reject("health_screening", Invalid("health_asks_back"), dispatcher, tracker)
        return {"health_screening": answer, "health_details": value if answer == "details" else ""}

    def validate_health_details(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The visitor's words about their health, at any length; a "no" here retracts the yes, on record."""
        if value == "" and tracker.get_slot("health_screening") == "no":
            return {"health_details": ""}  # was not asked
        words = parse_wish(value, longest=LONGEST["health_words"])
        if not isinstance(words, Invalid) and parse_yes_no(value) is True:
            words = Invalid("health_bare_yes")
        return self.keep("health_details", words, dispatcher, tracker)

    def validate_consent(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A no ends the form: nothing is sent without consent."""
        read = self.read_consent("consent", value, dispatcher, tracker)
        return {**read, "send_booking": NOT_NEEDED} if read["consent"] == REFUSED else read

    def validate_send_booking(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Yes sends; a named part is asked again; a bare no asks what to change."""
        if value in (CONFIRMED, NOT_NEEDED):
            return {"send_booking": value}
        change = read_change(value)
        if change:
            details = {"health_details": None} if change == "health_screening" else {}
            return {"send_booking": None, change: None, **details}
        if read_go_ahead(value):
            return {"send_booking": CONFIRMED}
        unclear = Invalid("nothing_to_change", {"parts": changeable_parts()})
        return self.reject("send_booking", unclear, dispatcher, tracker)


def _screening_answer(value: str, tracker: Tracker) -> Answer:
    """The answer to the question about health, as Rasa's pipeline read the message."""
    message = tracker.latest_message
    if message.get("text") == value and "screening_answer" in message:
        answer: Answer = message["screening_answer"]
        return answer
    return read_screening_answer(value, shared_screener())  # a message that bypassed the pipeline; loads the catalogue
