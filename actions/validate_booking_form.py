"""Checks the answers of the booking form."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.form_slots import CONFIRMED, NOT_NEEDED, REFUSED
from actions.guided_form import GuidedForm
from actions.resources import studio
from lamoon.booking import Refusal, parse_contact, parse_name, parse_wish
from lamoon.booking.answer import has_words
from lamoon.booking.form import introduction, read_change, read_go_ahead
from lamoon.booking.request import LONGEST
from lamoon.booking.yes_no import read_yes_no
from lamoon.screening.answers import Answer, read_screening_answer
from lamoon.screening.shared import shared_screener
from lamoon.understanding.text import plain_text


class ValidateBookingForm(GuidedForm):
    """One method per question; each returns the slots to set, None meaning "ask again"."""

    EXPLANATIONS: ClassVar[dict[str, str]] = {
        "visitor_name": 'For example "Maria Lopez". A first name is enough.',
        "contact": 'For example "maria@example.com", or a phone number with its area code. You can also say "never mind".',
        "wish": 'For example "an hour for my stiff neck, any morning next week".',
        "health_details": "A word or two is enough, such as the illness, the injury or the medicine.",
        "consent": 'Please say "yes" or "no". Without your yes nothing is sent.',
        "send_booking": 'Please say "yes" to send it, name what to change, or say "never mind".',
    }

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_booking_form"

    def validate_visitor_name(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """A name, taken out of "I'm ..."."""
        return self._parsed("visitor_name", parse_name(plain_text(value)), dispatcher, tracker)

    def validate_contact(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """An e-mail address or a phone number; a name given here again corrects the one before."""
        contact = parse_contact(plain_text(value), studio().country)
        name = parse_name(introduction(plain_text(value)))
        if isinstance(contact, Refusal) and not isinstance(name, Refusal):
            dispatcher.utter_message(text=f"Thanks, I've changed the name to {name}.")
            return {"visitor_name": name, "contact": None}
        return self._parsed("contact", contact, dispatcher, tracker)

    def validate_wish(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The visitor's own words; a contact given here again corrects the one before."""
        contact = parse_contact(plain_text(value), studio().country)
        if not isinstance(contact, Refusal) and len(value.split()) < 9 and tracker.get_slot("contact"):
            dispatcher.utter_message(text=f"Thanks, I've changed your contact to {contact}.")
            return {"contact": str(contact), "wish": None}
        return self._parsed("wish", parse_wish(plain_text(value)), dispatcher, tracker)

    def validate_health_screening(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Only a clear no is a no; a yes asks which; a bare "what?" asks again; all else is kept in the visitor's words."""
        if not has_words(plain_text(value)):
            reason = 'I need an answer to this one. Please say "no", or tell me what applies.'
            return self.refuse("health_screening", reason, dispatcher, tracker)
        answer = value if value in ("no", "yes", "details") else _screening_answer(value, tracker)
        if answer == "yes":
            return {"health_screening": "yes"}
        if answer == "asks_back":
            reason = 'It is about the health of whoever comes. "No" will do, or name what there is or was; unsure counts too.'
            return self.refuse("health_screening", reason, dispatcher, tracker)
        return {"health_screening": answer, "health_details": value if answer == "details" else ""}

    def validate_health_details(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The visitor's words on their health, as many as a message has; a "no" here takes the yes back, on record."""
        if value == "":
            return {"health_details": ""}
        words = parse_wish(plain_text(value), longest=LONGEST["health_words"])
        if not isinstance(words, Refusal) and read_yes_no(value) is True:
            words = Refusal("bare_yes", "Which of them is it?")
        return self._parsed("health_details", words, dispatcher, tracker)

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
        reason = "What should I change: the name, the contact, the wish or the health answer?"
        return self.refuse("send_booking", reason, dispatcher, tracker)

    def _parsed(self, slot: str, parsed: Any, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        if isinstance(parsed, Refusal):
            return self.refuse(slot, parsed.reason, dispatcher, tracker)
        return {slot: str(parsed)}


def _screening_answer(value: str, tracker: Tracker) -> Answer:
    """How the question about health was answered: as Rasa's pipeline has read the message."""
    message = tracker.latest_message
    if message.get("text") == value and "screening_answer" in message:
        answer: Answer = message["screening_answer"]
        return answer
    return read_screening_answer(
        value, shared_screener()
    )  # a message that did not pass the pipeline; loads the catalogue
