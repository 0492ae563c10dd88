"""Reads every message for what it says of a booking, and for what it does in an open form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking import moves
from lamoon.booking.names import name_in
from lamoon.booking.reading import read_message
from lamoon.booking.reading.message import Asked
from lamoon.booking.wish import says_something
from lamoon.contract import BOOKING, SENT_REQUEST
from lamoon.nlu.component import StatelessComponent, set_intent
from lamoon.nlu.preprocessing import ORIGINAL_TEXT
from lamoon.screening.screener import shared_screener
from lamoon.settings import load_settings
from lamoon.studio import load_studio
from lamoon.text.answers import parse_yes_no

ASKED: Final[Mapping[str, Asked]] = {"visitor_name": "name", "contact": "contact", "wish": "wish"}
HEALTH: Final = ("health_screening", "health_details")
BOOK, INFORM, ABOUT_REQUEST = "book_appointment", "inform", "about_request"
MOST_WORDS_OF_A_CHANGE_OF_MIND: Final = 8
OFFER: Final = "utter_offer_booking"
CALL_OFF: Final = "utter_ask_call_off"
# What a plain wish to book may overrule outside of forms.
MAY_BE_BOOKING: Final = frozenset(
    "faq out_of_scope nlu_fallback report_condition affirm inform greet thank deny help ask_services ask_hours ask_prices "
    "feedback_positive feedback_negative".split()
)
QUESTIONS: Final = frozenset(
    "faq ask_hours ask_location ask_prices ask_services out_of_scope bot_challenge help".split()
)
# What may be said of a request that was sent.
MAY_BE_ABOUT_REQUEST: Final = MAY_BE_BOOKING | {
    "stop",
    "handoff_to_human",
    "cancel_or_change_booking",
    "bot_challenge",
    "goodbye",
    "repeat_or_rephrase",
    "ask_what_you_know",
}
_CODE: Final = re.compile(r"^\s*/|\{|<\w")
_ASKS: Final = re.compile(
    r"\?\s*$|^(?:and |but |so |ok |oh |hi |hello )*(?:what|who|why|how|when|until when|where|which|does|do|is|are|will|would|should|may)\b",
    re.IGNORECASE,
)
_WISHES: Final = re.compile(
    r"\b(?:can|could|may) (?:i|we|you|she|he|they)\b|\bany chance\b|\bis there (?:anything|a slot|something)\b|\bhow about\b|\bwhat about\b|\bwould .{0,20}\b(?:work|suit|be (?:ok|fine|possible))\b",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"\b(?:person|human|someone|somebody|talk|speak|agent|reception\w*|team|staff)\b", re.IGNORECASE
)
_CHANGES: Final = re.compile(
    r"\b(?:instead|make (?:it|that)|change|rather|better|move|not|sorry|actually|no,)\b", re.IGNORECASE
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BookingReading(StatelessComponent):
    """Adds `booking` to each message: the reading of `lamoon.booking.reading`, and `move`, what the message wants of the form.

    The classifier sees single messages and one intent each. Here a message that plainly gives a booking becomes
    `book_appointment`, one that gives the open form anything becomes `inform`, and one about a request that was sent
    `about_request`. Health has the last word: SafetyScreening comes after this component.
    """

    def __init__(self) -> None:
        """Loads `studio.yml` for its country and time zone.

        Raises:
            LamoonError: when the settings or `studio.yml` are broken; Rasa then does not start.
        """
        studio = load_studio(load_settings().studio)
        self._region, self._zone = studio.country, studio.zone

    def process(
        self,
        messages: list[Message],
        tracker: DialogueStateTracker = None,  # Rasa accepts no other annotation
    ) -> list[Message]:
        """Reads each message as it was written."""
        form = (tracker.active_loop_name or "") if tracker else ""
        question = str(tracker.get_slot(REQUESTED_SLOT) or "") if tracker and form else ""
        for message in messages:
            text = message.get(ORIGINAL_TEXT) or message.get(TEXT) or ""
            if _is_code(text):
                message.set(BOOKING, {}, add_to_output=True)
                continue
            asked = ASKED.get(question)
            now = datetime.now(self._zone)
            reading = read_message(text, asked, now=now, region=self._region, zone=self._zone).as_json()
            if asked == "name" and str(reading.get("name") or "") not in text:  # in small letters: "tennis elbow"
                plain = read_message(text, now=now, region=self._region, zone=self._zone).as_json()
                reading = plain if plain.get("body") or plain.get("service") else reading
            reading["name"] = name_in(text, reading, asked == "name")
            reading["health"] = "health: " in str(reading.get("notes") or "")
            reading = {name: value for name, value in reading.items() if value not in ("", False)}
            if form:
                self._in_form(message, text, reading, form, question)
            elif tracker:
                self._outside(message, text, reading, tracker)
            message.set(BOOKING, reading, add_to_output=True)
        return messages

    def _in_form(self, message: Message, text: str, reading: dict[str, Any], form: str, question: str) -> None:
        """A message that gives the form anything is its answer, whatever the classifier says."""
        intent = str((message.get(INTENT) or {}).get("name"))
        if intent in ("emergency", "forget_me") or not question:
            return
        if form == "handoff_form":
            takes = intent not in QUESTIONS | {BOOK, "stop"} and _gives_contact(reading)
            if takes or (question == "handoff_question" and _is_for_team(message, text, intent)):
                set_intent(message, INFORM)
            elif intent in MAY_BE_BOOKING and question != "handoff_question" and moves.wants_booking(text, {}):
                set_intent(message, BOOK)
            return
        move = moves.form_move(text)
        if move:
            reading["move"] = move
        if (
            move
            or _answers_form(text, reading, intent, question)
            or (question in ("consent", "send_booking") and intent != "handoff_to_human" and moves.says_yes(text))
        ):
            set_intent(message, INFORM)

    def _outside(self, message: Message, text: str, reading: dict[str, Any], tracker: DialogueStateTracker) -> None:
        intent = str((message.get(INTENT) or {}).get("name"))
        if intent in ("emergency", "forget_me"):
            return
        last, agreed = _last_said(tracker), parse_yes_no(text)
        if last == CALL_OFF and agreed is not None:
            reading["move"] = "called_off" if agreed else "kept"
            set_intent(message, ABOUT_REQUEST)
        elif (last == OFFER and agreed) or (intent in MAY_BE_BOOKING and moves.wants_booking(text, reading)):
            set_intent(message, BOOK)
        elif tracker.get_slot(SENT_REQUEST) and intent in MAY_BE_ABOUT_REQUEST:
            move = moves.after_sending(text, _tells_health(text))
            if move:
                reading["move"] = move
                set_intent(message, ABOUT_REQUEST)
        elif intent in ("inform", "nlu_fallback", "out_of_scope", "faq", "affirm", "thank") and _is_bare_answer(
            text, reading
        ):
            set_intent(message, INFORM)


def _is_code(text: str) -> bool:
    """Whether a message is a typed command or data: no person books like that."""
    return bool(_CODE.search(text))


def _is_for_team(message: Message, text: str, intent: str) -> bool:
    """Whether what looks like a question or a booking is rather a message to pass on: a statement, or more than one thing."""
    several = len(message.get("questions") or ()) > 1
    if intent == BOOK:
        return several or (len(text.split()) > MOST_WORDS_OF_A_CHANGE_OF_MIND and not moves.wants_booking(text, {}))
    return intent in QUESTIONS and (several or not _ASKS.search(text))


def _answers_form(text: str, reading: Mapping[str, Any], intent: str, question: str) -> bool:
    """Whether a message gives the booking form something."""
    if reading.get("intent") == "cancel" and intent in ("cancel_or_change_booking", "stop"):
        return False
    if _gives_contact(reading):
        return intent != "handoff_to_human"
    if question == "visitor_name" and reading.get("name") and not _PERSON.search(text):
        return not _ASKS.search(text) or intent not in QUESTIONS
    if intent == "handoff_to_human" or (intent in QUESTIONS and _ASKS.search(text) and not _WISHES.search(text)):
        return False
    if question == "contact" and moves.area_code(text):
        return True
    if question in HEALTH:
        return bool(says_something(reading) and _CHANGES.search(text) and not _tells_health(text))
    return says_something(reading) or bool(reading.get("name"))


def _gives_contact(reading: Mapping[str, Any]) -> bool:
    return bool(reading.get("email") or reading.get("phone"))


def _is_bare_answer(text: str, reading: Mapping[str, Any]) -> bool:
    """A contact, alone or with little else: an answer to a question that nobody asked."""
    return _gives_contact(reading) and not _ASKS.search(text)


def _tells_health(text: str) -> bool:
    """Whether a message discloses a condition that the therapist should know about."""
    found = shared_screener().screen(text)
    return any(mention["status"] == "affirmed" for mention in found["conditions"]) and found["outcome"] != "none"


def _last_said(tracker: DialogueStateTracker) -> str:
    """The response that came last before this message."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return str(event.metadata.get("utter_action") or "")
        if isinstance(event, UserUttered):
            break
    return ""
