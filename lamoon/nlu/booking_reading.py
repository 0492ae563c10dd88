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
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking import moves
from lamoon.booking.form import introduction
from lamoon.booking.names import name_in
from lamoon.booking.readers import is_wish_at_health
from lamoon.booking.reading import read_message
from lamoon.booking.reading.message import Asked
from lamoon.booking.wish import says_something
from lamoon.contract import BOOKING, HEALTH_RECORD, SENT_REQUEST, HealthRecord
from lamoon.errors import ContractError
from lamoon.nlu.component import DROPS, StatelessComponent, set_intent
from lamoon.nlu.component import QUESTIONS as ASKED_FOR
from lamoon.nlu.preprocessing import document_of, screened, written
from lamoon.screening.answers import read_screening_answer
from lamoon.screening.screener import shared_screener
from lamoon.settings import load_settings
from lamoon.studio import load_studio
from lamoon.text.answers import parse_yes_no
from lamoon.understanding.followups import looks_like_name

ASKED: Final[Mapping[str, Asked]] = {"visitor_name": "name", "contact": "contact", "wish": "wish"}
HEALTH: Final = ("health_screening", "health_details")
BOOK, INFORM, ABOUT_REQUEST = "book_appointment", "inform", "about_request"
MOST_WORDS_OF_A_CHANGE_OF_MIND: Final = 8
PERSON, STOP, CHANGE = "handoff_to_human", "stop", "cancel_or_change_booking"
OFFER: Final = "utter_offer_booking"
STUDIO_FACTS: Final = ("utter_studio_fact", "utter_studio_contact")
"""Replies with the offer to ask the team."""
NOT_SENT: Final = "utter_booking_not_sent"
CALL_OFF: Final = "utter_ask_call_off"
ASK_CHANGE: Final = "utter_ask_request_change"
ASK_CONTACT: Final = ("utter_ask_request_contact", "utter_request_not_matched")
LEFT: Final = "utter_form_left"
REPORT, UNSURE = "report_condition", "nlu_fallback"
GIVEN: Final = ("name", "email", "phone", "when", "service", "body")
# What a plain wish to book may overrule outside of forms.
MAY_BE_BOOKING: Final = frozenset(
    "faq out_of_scope nlu_fallback report_condition affirm inform greet thank deny help ask_services ask_hours ask_prices "
    "feedback_positive feedback_negative".split()
)
QUESTIONS: Final = frozenset(
    "faq ask_hours ask_location ask_prices ask_services out_of_scope bot_challenge help".split()
)
# What the classifier makes of contacts that nobody asked for.
MAY_BE_CONTACT: Final = frozenset("inform nlu_fallback out_of_scope faq affirm thank".split())
# What the classifier makes of names: "my name is Greta" sounds like praise to it.
MAY_BE_NAME: Final = frozenset("inform nlu_fallback greet feedback_positive thank affirm".split())
MAY_BE_COMPLAINT: Final = frozenset("nlu_fallback out_of_scope faq inform feedback_negative".split())
# What the classifier makes of a question that the visitor wants passed on.
MAY_BE_FOR_TEAM: Final = QUESTIONS | {"nlu_fallback", "inform", "affirm", "cancel_or_change_booking"}
OUTSIDE: Final = "utter_out_of_scope/"
NOT_FOR_TEAM: Final = frozenset(
    "abuse sexual general_knowledge gibberish other_language prompt_injection smalltalk_and_jokes technology_and_homework".split()
)
"""Kinds of `out_of_scope` that no team answers."""
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
_ENDS_OF_SENTENCES: Final = re.compile(r"[.!?;\n]+\s+")
FEWEST_WORDS_OF_A_QUESTION: Final = 3
_ONE: Final = re.compile(
    r"\b(?:book|get|have|take|want|need|like|put|reserve) (?:me |us )?(?:(?:in|down) for )?(?:one|that|it)\b",
    re.IGNORECASE,
)
_THIRD: Final = re.compile(r"\b(?:she|he|they)\b", re.IGNORECASE)
_PERSON: Final = re.compile(
    r"\b(?:person|human|someone|somebody|talk|speak|agent|reception\w*|team|staff)\b", re.IGNORECASE
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
            text = written(message)
            if _is_code(text):
                message.set(BOOKING, {}, add_to_output=True)
                continue
            asked = ASKED.get(question)
            now = datetime.now(self._zone)
            doc = document_of(message)
            said = read_message(text, asked, now=now, region=self._region, zone=self._zone, doc=doc)
            reading = {**said.as_json(), "problem": said.problem}
            if asked == "name" and str(reading.get("name") or "") not in text:  # in small letters: "tennis elbow"
                plain = read_message(text, now=now, region=self._region, zone=self._zone, doc=doc).as_json()
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
            takes = intent not in QUESTIONS | {BOOK, "stop"} and _gives_contact(reading)
            drops = question == "handoff_question" and intent in QUESTIONS and moves.drops(text)
            if drops and not _gives_contact(reading) and len(text.split()) > FEWEST_WORDS_OF_A_QUESTION:
                _drop_for_question(message)
            elif takes or (question == "handoff_question" and _is_for_team(message, text, intent)):
                set_intent(message, INFORM)
            elif moves.needs_nobody(text) and not _gives_contact(reading):
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
            or _answers_form(message, text, reading, intent, question)
            or (question in ("consent", "send_booking") and intent != "handoff_to_human" and moves.says_yes(text))
        ):
            set_intent(message, INFORM)

    def _denies_beside(self, message: Message, text: str) -> bool:
        """Whether a clear no about health stands beside a change of the wish: "nothing. oh, and make it Sunday"."""
        if screened(message).outcome not in ("none", "inform") or any(
            finding.status != "negated" for finding in screened(message).findings
        ):
            return False
        now = datetime.now(self._zone)
        rest = [
            part
            for part in _PARTS.split(text)
            if part.strip() and not says_something(read_message(part, now=now, region=self._region).as_json())
        ]
        return bool(rest) and read_screening_answer(". ".join(rest), shared_screener()) == "no"

    def _outside(self, message: Message, text: str, reading: dict[str, Any], tracker: DialogueStateTracker) -> None:
        intent = str((message.get(INTENT) or {}).get("name"))
        if intent in ("emergency", "forget_me"):
            return
        last, agreed = _last_said(tracker), parse_yes_no(text)
        in_emergency = _has_open_emergency(tracker)
        if intent == BOOK and _ONE.search(text) and not reading.get("service"):
            reading.update(_service_before(tracker))  # "how much is a facial?", "book me one for Saturday"
        if intent == BOOK and _is_no_wish(message, text, reading, last, in_emergency):
            set_intent(message, REPORT if _speaks_of_health(message, reading) else UNSURE)
            return
        about = _about_sent(
            text,
            reading,
            last,
            agreed,
            has_sent=bool(tracker.get_slot(SENT_REQUEST)),
            tells_health=_tells_health(message),
        )
        if about:
            reading["move"] = about
            set_intent(message, ABOUT_REQUEST)
        elif (
            (last in STUDIO_FACTS and agreed is True)
            or (_offers_team(last) and _is_bare_answer(text, reading) and not moves.wants_booking(text, {}))
            or (intent in MAY_BE_FOR_TEAM and moves.asks_team(text) and not _tells_health(message))
        ):
            set_intent(message, PERSON)
        elif last == NOT_SENT and _RECONSIDERS.search(text) and parse_yes_no(_RECONSIDERS.sub("yes", text)):
            set_intent(message, BOOK)
        elif last == LEFT and (agreed is not None or moves.resumes(text)):
            set_intent(message, STOP if agreed is False else BOOK)
        elif intent in MAY_BE_BOOKING | {BOOK} and _is_for_voucher(reading):
            set_intent(message, PERSON)
        elif (last == OFFER and not in_emergency and _accepts(text, reading)) or (
            (intent in MAY_BE_BOOKING or (intent == CHANGE and reading.get("intent") == "book"))
            and moves.wants_booking(text, reading, outright=in_emergency)
        ):
            set_intent(message, BOOK)
        elif tracker.get_slot(SENT_REQUEST) and intent in MAY_BE_ABOUT_REQUEST:
            move = moves.after_sending(text, _tells_health(message))
            move = move or ("status" if reading.get("intent") == "status" else "")
            if not move and _is_bare_answer(text, reading):
                move = "add"  # "her number is ...", for the team
            if move:
                reading["move"] = move
                set_intent(message, ABOUT_REQUEST)
        elif (intent in MAY_BE_CONTACT and _is_bare_answer(text, reading)) or (
            intent in MAY_BE_NAME and _is_bare_name(text, reading)
        ):
            set_intent(message, INFORM)
        elif intent in MAY_BE_COMPLAINT and moves.complains(text) and not _tells_health(message):
            set_intent(message, PERSON)


def _drop_for_question(message: Message) -> None:
    """The hand-off ends, and the question in the message is answered: "never mind. what is fascia?"."""
    asked = list(message.get(ASKED_FOR) or ())
    set_intent(message, STOP)
    message.set(
        ASKED_FOR,
        [{"text": "", "intent": STOP, "topic": None, "confidence": 1.0, DROPS: True}, *asked[-1:]],
        add_to_output=True,
    )


def _offers_team(last: str) -> bool:
    """Whether the reply before left a question open and offered to ask the team."""
    kind = last.partition("/")[2]
    return last in STUDIO_FACTS or (last.startswith(OUTSIDE) and kind not in NOT_FOR_TEAM)


def _about_sent(
    text: str, reading: dict[str, Any], last: str, agreed: bool | None, *, has_sent: bool, tells_health: bool
) -> str:
    """What a message plainly says of a sent request, before anything else it may be; empty for nothing.

    Args:
        text: the message.
        reading: of the message; a reference in it is added.
        last: the response before it.
        agreed: whether it is a plain yes or no.
        has_sent: whether this conversation knows a request.
    """
    if last == CALL_OFF and agreed is not None:
        return "called_off" if agreed else "kept"
    reference = moves.reference_in(text)
    if reference:
        reading["reference"] = reference
        return moves.offer_reply(text) or moves.after_sending(text, tells_health) or "status"
    if last in ASK_CONTACT and _gives_contact(reading):
        return "identify"
    if not has_sent:
        return ""
    if last == ASK_CHANGE and reading.get("when"):
        return "change"
    if _gives_contact(reading) and not any(map(reading.get, ("when", "service", "body"))) and not _ASKS.search(text):
        return "contact"
    reply = moves.reminder_reply(text) or moves.offer_reply(text)
    if reply or moves.after_sending(text, tells_health=False) == "change":
        return reply or "change"
    return ""


def _is_code(text: str) -> bool:
    """Whether a message is a typed command or data: no person books like that."""
    return bool(_CODE.search(text))


def _is_for_team(message: Message, text: str, intent: str) -> bool:
    """Whether what looks like a question or a booking is rather a message to pass on: a statement, or more than one thing."""
    several = len(message.get("questions") or ()) > 1
    if intent == BOOK:
        return several or (len(text.split()) > MOST_WORDS_OF_A_CHANGE_OF_MIND and not moves.wants_booking(text, {}))
    ends = _ENDS_OF_SENTENCES.split(text.strip())[-1]
    if intent == "faq" and len(ends.split()) > FEWEST_WORDS_OF_A_QUESTION and _ASKS.search(ends):
        return False  # "wait, maybe you know. what can I use at home?"
    return intent in QUESTIONS and (several or not _ASKS.search(text))


def _answers_form(message: Message, text: str, reading: Mapping[str, Any], intent: str, question: str) -> bool:
    """Whether a message gives the booking form something."""
    if reading.get("intent") == "cancel" and intent in ("cancel_or_change_booking", "stop"):
        return False
    if _gives_contact(reading):
        return intent != "handoff_to_human"
    if question == "visitor_name" and reading.get("name") and not _PERSON.search(text):
        return not _ASKS.search(text) or intent not in QUESTIONS
    if question == "contact" and moves.names_way_only(text):
        return True
    if intent == "handoff_to_human" or (intent in QUESTIONS and _ASKS.search(text) and not _WISHES.search(text)):
        return False
    if question == "contact" and moves.area_code(text):
        return True
    if question in HEALTH:
        return is_wish_at_health(reading, text) and not _tells_health(message)
    return says_something(reading) or bool(reading.get("name"))


def _gives_contact(reading: Mapping[str, Any]) -> bool:
    return bool(reading.get("email") or reading.get("phone"))


def _is_bare_answer(text: str, reading: Mapping[str, Any]) -> bool:
    """A contact, alone or with little else: an answer to a question that nobody asked."""
    return _gives_contact(reading) and not _ASKS.search(text)


def _accepts(text: str, reading: Mapping[str, Any]) -> bool:
    """Whether a message takes up the offer of a booking: it agrees, or gives what a request needs."""
    agreed = parse_yes_no(text)
    return moves.says_yes(text) or (agreed is None and any(map(reading.get, GIVEN)) and not _ASKS.search(text))


def _is_for_voucher(reading: Mapping[str, Any]) -> bool:
    """Whether a message asks for a gift voucher and no appointment: the team sells it."""
    return (
        "gift_voucher" in (reading.get("service") or ()) and not reading.get("when") and reading.get("intent") == "book"
    )


def _is_bare_name(text: str, reading: Mapping[str, Any]) -> bool:
    """A name that nobody asked for: "my name is Greta", or the name alone."""
    return bool(reading.get("name")) and bool(introduction(text) or looks_like_name(text))


def _has_open_emergency(tracker: DialogueStateTracker) -> bool:
    try:
        return HealthRecord.from_slot(tracker.get_slot(HEALTH_RECORD)).emergency.is_open
    except ContractError:
        return False


def _is_no_wish(message: Message, text: str, reading: Mapping[str, Any], last: str, in_emergency: bool) -> bool:
    """Whether what looks like a booking to the classifier is a statement: about health, or, in an emergency, anything not outright."""
    if moves.wants_booking(text, reading, outright=in_emergency) or last in (OFFER, LEFT) or _gives_contact(reading):
        return False
    if in_emergency:
        return True
    stated = any(map(reading.get, ("when", "body"))) or _speaks_of_health(message, reading)
    if stated and _tells_health(message) and _THIRD.search(text):
        return True  # "Bev has come down with shingles, she's meant to be in with you, should she leave it?"
    return stated and not moves.hints_at_booking(text) and not moves.is_fragment(moves.plain(text))


def _speaks_of_health(message: Message, reading: Mapping[str, Any]) -> bool:
    return bool(reading.get("health") or reading.get("body")) or bool(screened(message).findings)


def _tells_health(message: Message) -> bool:
    """Whether a message discloses a condition that the therapist should know about."""
    found = screened(message)
    return any(finding.status == "affirmed" for finding in found.findings) and found.outcome != "none"


def _service_before(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The treatment that the visitor's latest message named."""
    latest = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    said = (latest.parse_data.get(BOOKING) or {}).get("service") if latest else None
    return {"service": said} if said else {}


def _last_said(tracker: DialogueStateTracker) -> str:
    """The response that came last before this message."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return str(event.metadata.get("utter_action") or "")
        if isinstance(event, UserUttered):
            break
    return ""
