"""Extraction of booking data from every message, and its move in an open form."""

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
from lamoon.booking.reading.message import Asked, read_message
from lamoon.booking.wish import says_something
from lamoon.contract import ANSWER_BESIDE, BOOKING, SENT_REQUEST
from lamoon.nlu import booking_signs as signs
from lamoon.nlu.booking_signs import (
    BOOK,
    FEWEST_WORDS_OF_A_QUESTION,
    HEALTH,
    LEFT,
    OFFER,
    OFFER_FOR_CHILD,
    QUESTIONS,
    STUDIO_FACTS,
)
from lamoon.nlu.candidates import ASKED_BESIDE, READ
from lamoon.nlu.component import DROPS, PARSED, SPLIT, StatelessComponent, set_intent
from lamoon.nlu.component import QUESTIONS as ASKED_FOR
from lamoon.nlu.preprocessing import document_of, screened, written
from lamoon.screening.answers import read_screening_answer, screening_answer
from lamoon.screening.screener import shared_screener
from lamoon.settings import load_settings
from lamoon.studio import live_studio
from lamoon.text.answers import parse_yes_no
from lamoon.understanding.questions import SURE, without_questions

ASKED: Final[Mapping[str, Asked]] = {"visitor_name": "name", "contact": "contact", "wish": "wish"}
INFORM, ABOUT_REQUEST = "inform", "about_request"
PERSON, STOP, CHANGE = "handoff_to_human", "stop", "cancel_or_change_booking"
SCREENING_ANSWER: Final = "screening_answer"
MAY_BE_SPLIT: Final = ("visitor_name", "contact", "wish", "companion", "health_screening")
"""Questions whose answer may have a question beside it; a consent with one is not clear."""
NOT_SENT: Final = "utter_booking_not_sent"
REPORT, UNSURE = "report_condition", "nlu_fallback"
# Intents that a plain wish to book may override outside of forms.
MAY_BE_BOOKING: Final = frozenset(
    "faq out_of_scope nlu_fallback report_condition affirm inform greet thank deny help ask_services ask_hours ask_prices "
    "feedback_positive feedback_negative".split()
)
# Confidence from which the classifier wins against a wish that only the wording suggests: "give me some examples of
# pain turning up in the wrong spot". Of 139 messages of ended rounds that the wording moved, all 109 that do book stay
# below it or give a contact, and 15 of 20 that do not are kept.
EVEN: Final = 0.5
"""Probability of a booking from which the wording decides, however well a fact fits."""
SURE_OF_OTHER: Final[Mapping[str, float]] = {"faq": 0.9, "out_of_scope": 0.9, CHANGE: 0.7}
DOUBTFUL: Final = 0.6
"""Confidence below which a reading as an emergency, which screening then does not confirm, may be a wish to book."""
# The classifier's intents for contacts that nobody asked for.
MAY_BE_CONTACT: Final = frozenset("inform nlu_fallback out_of_scope faq affirm thank".split())
# The classifier's intents for names: it takes "my name is Greta" for praise.
MAY_BE_NAME: Final = frozenset("inform nlu_fallback greet feedback_positive thank affirm".split())
MAY_BE_COMPLAINT: Final = frozenset("nlu_fallback out_of_scope faq inform feedback_negative".split())
# The classifier's intents for a question that the visitor wants to pass on.
MAY_BE_FOR_TEAM: Final = QUESTIONS | {"nlu_fallback", "inform", "affirm", "cancel_or_change_booking"}
# Intents about a request that was sent.
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
_TO_PERSON: Final = re.compile(r"\b(?:to|with)\b", re.IGNORECASE)
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
    """Add `booking` to each message: the reading of `lamoon.booking.reading`, and `move`, its move in the form.

    The classifier sees single messages and assigns one intent each. Here a message with clear booking data becomes
    `book_appointment`, one that answers anything in the open form becomes `inform`, and one about a sent request
    becomes `about_request`. Health has priority: SafetyScreening comes after this component.
    """

    def __init__(self) -> None:
        """Load `studio.yml` for its country and time zone.

        Raises:
            LamoonError: when the settings or `studio.yml` are broken; Rasa then does not start.
        """
        self._studio = live_studio(load_settings())

    def process(
        self,
        messages: list[Message],
        tracker: DialogueStateTracker = None,  # Rasa accepts no other annotation
    ) -> list[Message]:
        """Read each message as it was written."""
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
            booking = read_message(text, asked, now=now, region=region, zone=zone, doc=doc)
            reading = {**booking.as_json(), "problem": booking.problem}
            if asked == "name" and str(reading.get("name") or "") not in text:  # in small letters: "tennis elbow"
                plain = read_message(text, now=now, region=region, zone=zone, doc=doc).as_json()
                reading = plain if plain.get("body") or plain.get("service") else reading
            reading["name"] = name_in(text, reading, asked == "name")
            if question in HEALTH and _PLACE_IN_LIST.fullmatch(text):
                reading.pop("when", None)  # "the third one" of our list is not a date
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
        """Treat a message with any data for the form as its answer, whatever the classifier says."""
        intent = str((message.get(INTENT) or {}).get("name"))
        if intent == "forget_me" and question in HEALTH and screening_answer(screened(message)) == "no":
            set_intent(message, INFORM)  # "clear on all counts" deletes nothing
            return
        if intent in ("emergency", "forget_me") or not question:
            return
        if form == "handoff_form":
            takes = intent not in QUESTIONS | {BOOK, "stop"} and signs.gives_contact(reading)
            drops = question == "handoff_question" and intent in QUESTIONS and moves.drops(text)
            if moves.changes_mind(text) and moves.wants_booking(text, {}) and not signs.gives_contact(reading):
                set_intent(message, BOOK)
            elif drops and not signs.gives_contact(reading) and len(text.split()) > FEWEST_WORDS_OF_A_QUESTION:
                _drop_for_question(message)
            elif takes or (question == "handoff_question" and signs.is_for_team(message, text, intent)):
                set_intent(message, INFORM)
            elif moves.cancels_handoff(text) and not signs.gives_contact(reading):
                set_intent(message, STOP)
            elif intent in MAY_BE_BOOKING | {STOP} and question != "handoff_question" and moves.wants_booking(text, {}):
                set_intent(message, BOOK)
            return
        if question == "health_screening" and is_wish_at_health(reading, text) and self._denies_beside(message, text):
            reading["no_health"] = True
        if moves.treats_another(text, str(reading.get("for_whom") or "")):
            reading["for_other"] = True
        move = moves.form_move(text)
        if not (move or reading.get("for_other")) and self._answers_and_asks(message, text, intent, question):
            return
        if move == "redo" and (question == "send_booking" or signs.gives_answer(reading)):
            move = ""  # the right answer is in the message, or the read-back's own question reads what to change
        if move:
            reading["move"] = move
            rest = without_questions(text) if question in MAY_BE_SPLIT and question not in HEALTH else ""
            beside = self._read(rest, question) if rest else {}
            if signs.gives_answer(beside):
                reading["beside"] = {"text": rest, BOOKING: beside}
        if (
            move
            or signs.answers_form(message, text, reading, intent, question)
            or (question in ("consent", "send_booking") and _agrees(text, intent))
        ):
            set_intent(message, INFORM)

    def _answers_and_asks(self, message: Message, text: str, intent: str, question: str) -> bool:
        """Split an answer with a question beside it: the question is answered, then the form reads the rest as a message of
        its own: "lower back, any morning. how much is an hour?".
        """
        rest = without_questions(text) if question in MAY_BE_SPLIT else ""
        if not rest or signs.tells_health(message):
            return False
        asked = _questions_in(message, intent)
        if not asked or self._is_wish(text, rest):
            return False
        reading = self._read(rest, question)
        answer = read_screening_answer(rest, shared_screener())
        answers = answer in ("no", "yes") if question in HEALTH else signs.gives_answer(reading)
        if not answers:
            return False
        entry = {"text": rest, "intent": INFORM, "topic": None, "confidence": 1.0}
        message.set(
            ASKED_FOR,
            [*asked, {**entry, PARSED: {BOOKING: reading, SCREENING_ANSWER: answer, ANSWER_BESIDE: True}}],
            add_to_output=True,
        )
        message.set(SPLIT, True)
        return True

    def _read(self, text: str, question: str) -> dict[str, Any]:
        asked = ASKED.get(question)
        now, region, zone = datetime.now(self._studio.zone), self._studio.country, self._studio.zone
        booking = read_message(text, asked, now=now, region=region, zone=zone)
        reading = {**booking.as_json(), "problem": booking.problem}
        reading["name"] = name_in(text, reading, asked == "name")
        return {name: value for name, value in reading.items() if value not in ("", False)}

    def _is_wish(self, text: str, rest: str) -> bool:
        """Return whether the question is a part of the wish: "my neck. could I come on Friday?"."""
        if not signs.asks_for_time(text):
            return False
        whole, part = self._read(text, "wish"), self._read(rest, "wish")
        return any(whole.get(name) != part.get(name) for name in ("when", "service", "body"))

    def _denies_beside(self, message: Message, text: str) -> bool:
        """Return whether a clear no about health comes with a change of the wish: "nothing. oh, and make it Sunday"."""
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
        if (
            intent == "emergency"
            and signs.confidence_of(message) < DOUBTFUL
            and moves.wants_booking(text, reading, outright=True)
        ):
            set_intent(message, BOOK)  # "arranging a massage for mum, she's 84": screening, which comes later, decides
        if intent in ("emergency", "forget_me"):
            return
        last, agreed = signs.last_response(tracker), parse_yes_no(text)
        sent = bool(tracker.get_slot(SENT_REQUEST))
        in_emergency = signs.has_open_emergency(tracker)
        if intent == BOOK and _ONE.search(text) and not reading.get("service"):
            reading.update(signs.service_before(tracker))  # "how much is a facial?", "book me one for Saturday"
        if intent == BOOK and signs.is_no_wish(message, text, reading, last, in_emergency, sent):
            if sent and (move := moves.after_sending(text, signs.tells_health(message))):
                reading["move"] = move  # "so is that settled, I just show up Wednesday?"
                set_intent(message, ABOUT_REQUEST)
                return
            set_intent(message, REPORT if signs.speaks_of_health(message, reading) else UNSURE)
            return
        about = signs.about_sent(
            text,
            reading,
            last,
            agreed,
            has_sent=sent,
            tells_health=signs.tells_health(message),
        )
        if about:
            reading["move"] = about
            set_intent(message, ABOUT_REQUEST)
        elif self._takes_up_offer(message, text, reading, tracker, last, intent):
            reading["takes_up"] = True
            set_intent(message, BOOK)
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
            last == OFFER_FOR_CHILD and intent in MAY_BE_NAME and signs.is_bare_name(text, reading)
        ):
            set_intent(message, BOOK)  # "her name is Ada"
        elif self._wishes(message, text, reading, intent, in_emergency):
            set_intent(message, BOOK)
        elif sent and intent in MAY_BE_ABOUT_REQUEST:
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

    def _wishes(self, message: Message, text: str, reading: Mapping[str, Any], intent: str, in_emergency: bool) -> bool:
        """Return whether the words ask for a booking, although the classifier reads something else and is not sure."""
        if not (intent in MAY_BE_BOOKING or (intent == CHANGE and reading.get("intent") == "book")):
            return False
        unsure = signs.confidence_of(message) < SURE_OF_OTHER.get(intent, 1.1) or signs.share_of(message, BOOK) >= EVEN
        # Where the classifier is sure of a condition, the warning says what there is to say about it.
        outright = signs.tells_health(message) and moves.wants_booking(text, reading, outright=True)
        decides = unsure or outright or signs.gives_contact(reading)
        return decides and moves.wants_booking(text, reading, outright=in_emergency)

    def _takes_up_offer(
        self,
        message: Message,
        text: str,
        reading: Mapping[str, Any],
        tracker: DialogueStateTracker,
        last: str,
        intent: str,
    ) -> bool:
        """Return whether the message agrees to an offer and gives a name or a contact, which only a request needs. A
        contact alone, after the offer to ask the team, is for the team.
        """
        if (
            intent not in MAY_BE_BOOKING | {PERSON}
            or not last
            or signs.in_danger(tracker)
            or tracker.get_slot(SENT_REQUEST)
        ):
            return False
        if signs.tells_health(message) or (signs.offers_team(last) and not reading.get("name")):
            return False
        return signs.agrees_with_data(text, reading)


def _questions_in(message: Message, intent: str) -> list[dict[str, Any]]:
    """Return the questions of an answer and give the message the intent of the first; empty if there is none to answer.

    A question that is not understood is offered to the team.
    """
    beside = message.get(ASKED_BESIDE)
    label = (beside or {}).get(INTENT) or {}
    if beside and label.get("name") in QUESTIONS and float(label.get("confidence") or 0.0) >= SURE:
        for name in READ:
            if beside.get(name) is not None:
                message.set(name, beside[name], add_to_output=True)
        return list(beside[ASKED_FOR])
    if intent in QUESTIONS:
        return [entry for entry in message.get(ASKED_FOR) or () if entry["intent"] in QUESTIONS]
    if beside and beside[ASKED_FOR][0]["text"].endswith("?"):
        set_intent(message, UNSURE)
        return [{**beside[ASKED_FOR][0], "intent": UNSURE, "topic": None}]
    return []


def _agrees(text: str, intent: str) -> bool:
    """Return whether a message says yes. "Send it, boss" does, though it looks like a wish for a person; "yes, put me
    through to the boss" is one.
    """
    if intent == PERSON:
        return parse_yes_no(text) is True and not _TO_PERSON.search(text)
    return moves.consents(text)


def _drop_for_question(message: Message) -> None:
    """End the handoff and answer the question in the message: "never mind. what is fascia?"."""
    asked = list(message.get(ASKED_FOR) or ())
    set_intent(message, STOP)
    message.set(
        ASKED_FOR,
        [{"text": "", "intent": STOP, "topic": None, "confidence": 1.0, DROPS: True}, *asked[-1:]],
        add_to_output=True,
    )
