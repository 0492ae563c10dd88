"""Reads every message for what it says of a booking, and for what it does in an open form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking import moves
from lamoon.booking.names import name_in
from lamoon.booking.readers import is_wish_at_health
from lamoon.booking.reading import read_message
from lamoon.booking.reading.message import Asked
from lamoon.booking.wish import says_something
from lamoon.contract import BOOKING, SENT_REQUEST
from lamoon.nlu import booking_signs as signs
from lamoon.nlu.booking_signs import BOOK, FEWEST_WORDS_OF_A_QUESTION, HEALTH, LEFT, OFFER, QUESTIONS, STUDIO_FACTS
from lamoon.nlu.component import DROPS, StatelessComponent, set_intent
from lamoon.nlu.component import QUESTIONS as ASKED_FOR
from lamoon.nlu.preprocessing import document_of, screened, written
from lamoon.screening.answers import read_screening_answer
from lamoon.screening.screener import shared_screener
from lamoon.settings import load_settings
from lamoon.studio import live_studio
from lamoon.text.answers import parse_yes_no

ASKED: Final[Mapping[str, Asked]] = {"visitor_name": "name", "contact": "contact", "wish": "wish"}
INFORM, ABOUT_REQUEST = "inform", "about_request"
PERSON, STOP, CHANGE = "handoff_to_human", "stop", "cancel_or_change_booking"
NOT_SENT: Final = "utter_booking_not_sent"
REPORT, UNSURE = "report_condition", "nlu_fallback"
# What a plain wish to book may overrule outside of forms.
MAY_BE_BOOKING: Final = frozenset(
    "faq out_of_scope nlu_fallback report_condition affirm inform greet thank deny help ask_services ask_hours ask_prices "
    "feedback_positive feedback_negative".split()
)
# From which confidence on the classifier's reading counts more than a wish that only its wording shows: "give me some
# examples of pain turning up in the wrong spot". Of 139 messages of ended rounds that the wording moved, all 109 that do book
# stay below it or give a contact, and 15 of 20 that do not are kept.
SURE_OF_OTHER: Final[Mapping[str, float]] = {"faq": 0.9, "out_of_scope": 0.9, CHANGE: 0.7}
# What the classifier makes of contacts that nobody asked for.
MAY_BE_CONTACT: Final = frozenset("inform nlu_fallback out_of_scope faq affirm thank".split())
# What the classifier makes of names: "my name is Greta" sounds like praise to it.
MAY_BE_NAME: Final = frozenset("inform nlu_fallback greet feedback_positive thank affirm".split())
MAY_BE_COMPLAINT: Final = frozenset("nlu_fallback out_of_scope faq inform feedback_negative".split())
# What the classifier makes of a question that the visitor wants passed on.
MAY_BE_FOR_TEAM: Final = QUESTIONS | {"nlu_fallback", "inform", "affirm", "cancel_or_change_booking"}
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
_RECONSIDERS: Final = re.compile(
    r"\b(?:actually|after all|on second thoughts?|changed my mind|send it|go ahead|do it)\b", re.IGNORECASE
)
_PLACE_IN_LIST: Final = re.compile(
    r"\W*(?:it'?s |i have |that'?s |just )?(?:the )?(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)(?: one| point| item)?\W*",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(
    r"(?:[.!?;\n]+\s+|,\s+(?=(?:but|oh|and|also|actually|can|could|make|is|would)\b))(?:(?:but|oh|and|also|actually|btw)\b,? ?)*"
)
_ONE: Final = re.compile(
    r"\b(?:book|get|have|take|want|need|like|put|reserve) (?:me |us )?(?:(?:in|down) for )?(?:one|that|it)\b",
    re.IGNORECASE,
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
        self._studio = live_studio(load_settings().studio)

    def process(
        self,
        messages: list[Message],
        tracker: DialogueStateTracker = None,  # Rasa accepts no other annotation
    ) -> list[Message]:
        """Reads each message as it was written."""
        form = (tracker.active_loop_name or "") if tracker else ""
        question = str(tracker.get_slot(REQUESTED_SLOT) or "") if tracker and form else ""
        for message in messages:
            text = written(message)
            if signs.is_code(text):
                message.set(BOOKING, {}, add_to_output=True)
                continue
            asked = ASKED.get(question)
            region, zone = self._studio.country, self._studio.zone
            now = datetime.now(zone)
            doc = document_of(message)
            said = read_message(text, asked, now=now, region=region, zone=zone, doc=doc)
            reading = {**said.as_json(), "problem": said.problem}
            if asked == "name" and str(reading.get("name") or "") not in text:  # in small letters: "tennis elbow"
                plain = read_message(text, now=now, region=region, zone=zone, doc=doc).as_json()
                reading = plain if plain.get("body") or plain.get("service") else reading
            reading["name"] = name_in(text, reading, asked == "name")
            if question in HEALTH and _PLACE_IN_LIST.fullmatch(text):
                reading.pop("when", None)  # "the third one" of our list is no date
            reading["health"] = "health: " in str(reading.get("notes") or "")
            reading["complains"], reading["bargains"] = moves.complains(text), moves.bargains(text)
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
            takes = intent not in QUESTIONS | {BOOK, "stop"} and signs.gives_contact(reading)
            drops = question == "handoff_question" and intent in QUESTIONS and moves.drops(text)
            if drops and not signs.gives_contact(reading) and len(text.split()) > FEWEST_WORDS_OF_A_QUESTION:
                _drop_for_question(message)
            elif takes or (question == "handoff_question" and signs.is_for_team(message, text, intent)):
                set_intent(message, INFORM)
            elif moves.needs_nobody(text) and not signs.gives_contact(reading):
                set_intent(message, STOP)
            elif (
                intent in MAY_BE_BOOKING | {STOP}
                and (question != "handoff_question" or moves.changes_mind(text))
                and moves.wants_booking(text, {})
            ):
                set_intent(message, BOOK)
            return
        if question == "health_screening" and is_wish_at_health(reading, text) and self._denies_beside(message, text):
            reading["no_health"] = True
        move = moves.form_move(text)
        if move:
            reading["move"] = move
        if (
            move
            or signs.answers_form(message, text, reading, intent, question)
            or (question in ("consent", "send_booking") and intent != "handoff_to_human" and moves.says_yes(text))
        ):
            set_intent(message, INFORM)

    def _denies_beside(self, message: Message, text: str) -> bool:
        """Whether a clear no about health stands beside a change of the wish: "nothing. oh, and make it Sunday"."""
        if screened(message).outcome not in ("none", "inform") or any(
            finding.status != "negated" for finding in screened(message).findings
        ):
            return False
        now = datetime.now(self._studio.zone)
        rest = [
            part
            for part in _PARTS.split(text)
            if part.strip() and not says_something(read_message(part, now=now, region=self._studio.country).as_json())
        ]
        return bool(rest) and read_screening_answer(". ".join(rest), shared_screener()) == "no"

    def _outside(self, message: Message, text: str, reading: dict[str, Any], tracker: DialogueStateTracker) -> None:
        intent = str((message.get(INTENT) or {}).get("name"))
        if intent in ("emergency", "forget_me"):
            return
        last, agreed = signs.last_said(tracker), parse_yes_no(text)
        in_emergency = signs.has_open_emergency(tracker)
        if intent == BOOK and _ONE.search(text) and not reading.get("service"):
            reading.update(signs.service_before(tracker))  # "how much is a facial?", "book me one for Saturday"
        if intent == BOOK and signs.is_no_wish(message, text, reading, last, in_emergency):
            set_intent(message, REPORT if signs.speaks_of_health(message, reading) else UNSURE)
            return
        about = signs.about_sent(
            text,
            reading,
            last,
            agreed,
            has_sent=bool(tracker.get_slot(SENT_REQUEST)),
            tells_health=signs.tells_health(message),
        )
        if about:
            reading["move"] = about
            set_intent(message, ABOUT_REQUEST)
        elif (
            (last in STUDIO_FACTS and agreed is True)
            or (signs.offers_team(last) and signs.is_bare_answer(text, reading) and not moves.wants_booking(text, {}))
            or (intent in MAY_BE_FOR_TEAM and moves.asks_team(text) and not signs.tells_health(message))
        ):
            set_intent(message, PERSON)
        elif last == NOT_SENT and _RECONSIDERS.search(text) and parse_yes_no(_RECONSIDERS.sub("yes", text)):
            set_intent(message, BOOK)
        elif last == LEFT and (agreed is not None or moves.resumes(text)):
            set_intent(message, STOP if agreed is False else BOOK)
        elif intent in MAY_BE_BOOKING | {BOOK} and signs.is_for_voucher(reading):
            set_intent(message, PERSON)
        elif (last == OFFER and not in_emergency and signs.accepts(text, reading)) or (
            (intent in MAY_BE_BOOKING or (intent == CHANGE and reading.get("intent") == "book"))
            and (signs.gives_contact(reading) or _confidence(message) < SURE_OF_OTHER.get(intent, 1.1))
            and moves.wants_booking(text, reading, outright=in_emergency)
        ):
            set_intent(message, BOOK)
        elif tracker.get_slot(SENT_REQUEST) and intent in MAY_BE_ABOUT_REQUEST:
            move = moves.after_sending(text, signs.tells_health(message))
            move = move or ("status" if reading.get("intent") == "status" else "")
            if not move and signs.is_bare_answer(text, reading):
                move = "add"  # "her number is ...", for the team
            if move:
                reading["move"] = move
                set_intent(message, ABOUT_REQUEST)
        elif (intent in MAY_BE_CONTACT and signs.is_bare_answer(text, reading)) or (
            intent in MAY_BE_NAME and signs.is_bare_name(text, reading)
        ):
            set_intent(message, INFORM)
        elif intent in MAY_BE_COMPLAINT and moves.complains(text) and not signs.tells_health(message):
            set_intent(message, PERSON)


def _confidence(message: Message) -> float:
    return float((message.get(INTENT) or {}).get("confidence") or 0.0)


def _drop_for_question(message: Message) -> None:
    """The hand-off ends, and the question in the message is answered: "never mind. what is fascia?"."""
    asked = list(message.get(ASKED_FOR) or ())
    set_intent(message, STOP)
    message.set(
        ASKED_FOR,
        [{"text": "", "intent": STOP, "topic": None, "confidence": 1.0, DROPS: True}, *asked[-1:]],
        add_to_output=True,
    )
