"""Signs of a booking in a message, its reading and its context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking import moves
from lamoon.booking.form import introduction
from lamoon.booking.readers import changes, is_wish_at_health
from lamoon.booking.wish import says_something
from lamoon.contract import BOOKING, HEALTH_RECORD, HealthRecord
from lamoon.errors import ContractError
from lamoon.intents import shared_intents
from lamoon.nlu.preprocessing import screened
from lamoon.screening.answers import screening_answer
from lamoon.text.answers import parse_yes_no
from lamoon.understanding.followups import looks_like_name

HEALTH: Final = ("health_screening", "health_details")
BOOK: Final = "book_appointment"
MOST_WORDS_OF_A_CHANGE_OF_MIND: Final = 8
OFFER: Final = "utter_offer_booking"
OFFER_FOR_CHILD: Final = "utter_out_of_scope/children_and_teens"
STUDIO_FACTS: Final = ("utter_studio_fact", "utter_studio_contact")
"""Replies that offer to ask the team."""
CALL_OFF: Final = "utter_ask_call_off"
ASK_CHANGE: Final = "utter_ask_request_change"
ASK_CONTACT: Final = ("utter_ask_request_contact", "utter_request_not_matched")
LEFT: Final = "utter_form_left"
GIVEN: Final = ("name", "email", "phone", "when", "service", "body")
QUESTIONS: Final = shared_intents().questions
OUTSIDE: Final = "utter_out_of_scope/"
NOT_FOR_TEAM: Final = frozenset(
    "abuse sexual general_knowledge gibberish other_language prompt_injection smalltalk_and_jokes technology_and_homework".split()
)
"""Kinds of `out_of_scope` that the team does not answer."""
_CODE: Final = re.compile(r"^\s*/|\{|<\w")
_ASKS: Final = re.compile(
    r"\?\s*$|^(?:and |but |so |ok |oh |hi |hello )*(?:(?:what|who|why|how|when|where)(?:'?s)?|until when|which|does|do|is|are|will|would|should|may)\b",
    re.IGNORECASE,
)
_WISHES: Final = re.compile(
    r"\b(?:can|could|may) (?:i|we|you|she|he|they)\b|\bany chance\b|\bis there (?:anything|a slot|something)\b|\bhow about\b|\bwhat about\b|\bwould .{0,20}\b(?:work|suit|be (?:ok|fine|possible))\b",
    re.IGNORECASE,
)
_ASKS_ASSISTANT: Final = re.compile(
    r"\W*(?:(?:and|but|so|ok|oh|please|just|well|then|first) )*(?:(?:tell|explain to|remind|teach) me|explain|describe)\b",
    re.IGNORECASE,
)
CERTAIN: Final = 0.8
"""Confidence from which such a message is for the assistant, where a message for the team is asked for."""
SURE_OF_WISH: Final = 0.95
_ENDS_OF_SENTENCES: Final = re.compile(r"[.!?;\n]+\s+")
FEWEST_WORDS_OF_A_QUESTION: Final = 3
_THIRD: Final = re.compile(r"\b(?:she|he|they)\b", re.IGNORECASE)
_PERSON: Final = re.compile(
    r"\b(?:person|human|someone|somebody|talk|speak|agent|reception\w*|team|staff)\b", re.IGNORECASE
)


def offers_team(last: str) -> bool:
    """Return whether the previous reply left a question open and offered to ask the team."""
    kind = last.partition("/")[2]
    return last in STUDIO_FACTS or (last.startswith(OUTSIDE) and kind not in NOT_FOR_TEAM)


def about_sent(
    text: str, reading: dict[str, Any], last: str, agreed: bool | None, *, has_sent: bool, tells_health: bool
) -> str:
    """Return the intent of a message that is clearly about a sent request; empty if it is not.

    Args:
        text: the message.
        reading: of the message; a reference in it is added.
        last: the previous response.
        agreed: whether it is a plain yes or no.
        has_sent: whether this conversation knows a request.
    """
    if last == CALL_OFF and agreed is not None:
        return "called_off" if agreed else "kept"
    reference = moves.reference_in(text)
    if reference:
        reading["reference"] = reference
        return moves.offer_reply(text) or moves.after_sending(text, tells_health) or "status"
    if last in ASK_CONTACT and gives_contact(reading):
        return "identify"
    if not has_sent:
        return ""
    if last == ASK_CHANGE and reading.get("when"):
        return "change"
    if gives_contact(reading) and not any(map(reading.get, ("when", "service", "body"))) and not _ASKS.search(text):
        return "contact"
    reply = moves.reminder_reply(text) or moves.offer_reply(text)
    move = moves.after_sending(text, tells_health=False)
    # The classifier takes "when will you get back to me" for a wish to book.
    asks_when = move == "when" and reading.get("intent") == "status" and not tells_health
    return reply or (move if move == "change" or asks_when else "")


def is_code(text: str) -> bool:
    """Return whether a message is a typed command or data, which is never a booking."""
    return bool(_CODE.search(text))


def is_for_team(message: Message, text: str, intent: str) -> bool:
    """Return whether an apparent question or booking is a message to pass on: a statement, or more than one sentence."""
    several = len(message.get("questions") or ()) > 1
    if intent == BOOK and moves.changes_mind(text) and moves.wants_booking(text, {}):
        return False  # "never mind, just do my booking here"
    if intent == BOOK:
        return several or (len(text.split()) > MOST_WORDS_OF_A_CHANGE_OF_MIND and not moves.wants_booking(text, {}))
    ends = _ENDS_OF_SENTENCES.split(text.strip())[-1]
    if intent == "faq" and len(ends.split()) > FEWEST_WORDS_OF_A_QUESTION and _ASKS.search(ends):
        return False  # "wait, maybe you know. what can I use at home?"
    if _ASKS_ASSISTANT.match(text) and confidence_of(message) >= CERTAIN:
        return False  # "tell me what fascia is, to take my mind off it"
    return intent in QUESTIONS and (several or not _ASKS.search(text))


def answers_form(message: Message, text: str, reading: Mapping[str, Any], intent: str, question: str) -> bool:
    """Return whether a message has data for the booking form."""
    if reading.get("intent") == "cancel" and intent in ("cancel_or_change_booking", "stop"):
        return False
    if gives_contact(reading):
        # "please change the phone to my email" is for the form, "could a person call me on" is not
        return intent != "handoff_to_human" or (changes(text) and not _PERSON.search(text))
    if question == "visitor_name" and reading.get("name") and reading["name"] == text.strip(" .,!"):
        return True  # "Will Booker"
    if question == "visitor_name" and reading.get("name") and not _PERSON.search(text):
        return not _ASKS.search(text) or intent not in QUESTIONS
    if (question == "contact" and moves.names_way_only(text)) or reading.get("for_other"):
        return True
    if intent == "handoff_to_human" or (intent in QUESTIONS and _ASKS.search(text) and not _WISHES.search(text)):
        return False
    if question == "contact" and moves.area_code(text):
        return True
    if question == "health_screening" and screening_answer(screened(message)) in ("asks_back", "no"):
        return True  # "what do you mean?": the form explains its question
    if question in HEALTH:
        return is_wish_at_health(reading, text) and not tells_health(message)
    return gives_wish_or_name(reading)


def gives_contact(reading: Mapping[str, Any]) -> bool:
    """Return whether a message gives an address or a number."""
    return bool(reading.get("email") or reading.get("phone"))


def gives_answer(reading: Mapping[str, Any]) -> bool:
    """Whether a message gives a name, a contact or a part of a wish."""
    return gives_contact(reading) or gives_wish_or_name(reading)


def gives_wish_or_name(reading: Mapping[str, Any]) -> bool:
    """Whether a message gives a name or a part of a wish."""
    return says_something(reading) or bool(reading.get("name"))


def is_bare_answer(text: str, reading: Mapping[str, Any]) -> bool:
    """Return whether a message is a contact with little else, without a question for it."""
    return gives_contact(reading) and not _ASKS.search(text)


def accepts(text: str, reading: Mapping[str, Any]) -> bool:
    """Return whether a message accepts the offer of a booking: it agrees, or gives data for a request."""
    agreed = parse_yes_no(text)
    return moves.says_yes(text) or (agreed is None and any(map(reading.get, GIVEN)) and not _ASKS.search(text))


_AGREES: Final = re.compile(
    r"\W*(?:(?:oh|ah|well|um|ok(?:ay)?|and)\b\W*)*(?:yes|yeah|yep|yup|yea|ye|sure|of course|please do|go ahead|absolutely|certainly|ok(?:ay)?)\b(?! (?:but|if|what|when|how)\b)",
    re.IGNORECASE,
)
_USES: Final = re.compile(
    r"\b(?:use|take|reach|call|ring|text|write|mail|email|contact) (?:me|mine|my|us|ours|this|her|him|them)\b",
    re.IGNORECASE,
)


def agrees_with_data(text: str, reading: Mapping[str, Any]) -> bool:
    """Return whether a message takes up an offer and at once gives a name or a contact: "yes, her name is Ada"."""
    if _ASKS.search(text) or moves.drops(text):
        return False
    gives = bool(reading.get("name")) or gives_contact(reading)
    return gives and bool(_AGREES.match(text) or (gives_contact(reading) and _USES.search(text)))


def asks_for_time(text: str) -> bool:
    """Return whether a message asks for what it wishes: "could I come on Friday?"."""
    return bool(_WISHES.search(text))


def is_for_voucher(reading: Mapping[str, Any]) -> bool:
    """Return whether a message asks for a gift voucher and no appointment: the team sells it."""
    return (
        "gift_voucher" in (reading.get("service") or ()) and not reading.get("when") and reading.get("intent") == "book"
    )


def is_bare_name(text: str, reading: Mapping[str, Any]) -> bool:
    """Return whether a message is a name without a question for it: "my name is Greta", or the name alone."""
    return bool(reading.get("name")) and bool(introduction(text) or looks_like_name(text))


def has_open_emergency(tracker: DialogueStateTracker) -> bool:
    """Return whether an emergency is open."""
    return _health_record(tracker).emergency.is_open


def in_danger(tracker: DialogueStateTracker) -> bool:
    """Return whether an emergency, a crisis or violence is open."""
    record = _health_record(tracker)
    return record.emergency.is_open or record.crisis.level in ("soft", "acute") or bool(record.violence)


def _health_record(tracker: DialogueStateTracker) -> HealthRecord:
    """Return the conversation's health record; an empty one if it cannot be read."""
    try:
        return HealthRecord.from_slot(tracker.get_slot(HEALTH_RECORD))
    except ContractError:
        return HealthRecord()


def is_no_wish(
    message: Message, text: str, reading: Mapping[str, Any], last: str, in_emergency: bool, has_sent: bool
) -> bool:
    """Return whether an apparent booking is a statement: about health, about the request that was sent, or, in an
    emergency, anything that is not explicit. Where the classifier is sure, only the first and the last count: of 60
    messages of ended rounds that it was sure of and that have no word for a booking, 57 are wishes.
    """
    if moves.wants_booking(text, reading, outright=in_emergency) or last in (OFFER, LEFT) or gives_contact(reading):
        return False
    if in_emergency:
        return True
    stated = any(map(reading.get, ("when", "body"))) or speaks_of_health(message, reading)
    if stated and tells_health(message) and _THIRD.search(text):
        return True  # "Bev has come down with shingles, she's meant to be in with you, should she leave it?"
    if share_of(message, BOOK) >= SURE_OF_WISH and not (has_sent or tells_health(message)):
        return False  # "any evenings free for a tired alto?"
    return stated and not moves.hints_at_booking(text) and not moves.is_fragment(moves.plain(text))


def confidence_of(message: Message) -> float:
    """Return the confidence of the message's intent, 0 to 1."""
    return float((message.get(INTENT) or {}).get("confidence") or 0.0)


def share_of(message: Message, intent: str) -> float:
    """Return the classifier's probability of an intent, 0 to 1."""
    ranking = message.get(INTENT_RANKING_KEY) or ()
    return next((float(entry["confidence"]) for entry in ranking if entry["name"] == intent), 0.0)


def speaks_of_health(message: Message, reading: Mapping[str, Any]) -> bool:
    """Return whether a message names a body part or a condition, including a denied one."""
    return bool(reading.get("health") or reading.get("body")) or bool(screened(message).findings)


def tells_health(message: Message) -> bool:
    """Return whether a message discloses a condition that the therapist should know about."""
    found = screened(message)
    return any(finding.status == "affirmed" for finding in found.findings) and found.outcome != "none"


def service_before(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return the treatment named in the visitor's latest message."""
    latest = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    service = (latest.parse_data.get(BOOKING) or {}).get("service") if latest else None
    return {"service": service} if service else {}


def last_response(tracker: DialogueStateTracker) -> str:
    """Return the last response before this message."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return str(event.metadata.get("utter_action") or "")
        if isinstance(event, UserUttered):
            break
    return ""
