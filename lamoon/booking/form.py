"""How the booking form reads a message: as an answer to its open question, or as something else.

The classifier sees a message alone; these functions know what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lamoon.booking.answer import Refusal
from lamoon.booking.contact import parse_contact
from lamoon.booking.name import parse_name
from lamoon.booking.wish import parse_wish
from lamoon.booking.yes_no import read_yes_no

# These are never answers, whatever was asked.
ALWAYS_INTERRUPTS = {"emergency", "stop", "handoff_to_human", "forget_me"}
SURE = 0.8
VERY_SURE = 0.97
SHORT = 4
LONG = 1000
READ_BACK = 500
"""Characters on health that are read back."""
YES_NO_QUESTIONS = ("consent", "handoff_consent", "send_booking", "health_screening")
CHANGES = {
    "visitor_name": re.compile(r"\bname\b", re.IGNORECASE),
    "contact": re.compile(r"\b(contact|phone|number|e-?mail|mail)\b", re.IGNORECASE),
    "wish": re.compile(r"\b(wish|day|days|time|times|date|appointment|request)\b", re.IGNORECASE),
    "health_screening": re.compile(r"\b(health|medical|condition|screening)\b", re.IGNORECASE),
}
_INTRODUCTION = re.compile(r"\b(i'?m|my name|it'?s|this is|call me|name'?s)\b", re.IGNORECASE)
_MY_NAME = re.compile(r"\b(my name|name'?s)\b", re.IGNORECASE)
_NO_FIRST = re.compile(r"^\s*(no|nope|nah|none|nothing|neither|not)\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(person|human|someone|somebody|talk|speak|call|ring|reception|team|staff)\b", re.IGNORECASE)
_PARTS = re.compile(r"\b(request|appointment|booking|number|details|message)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?\s*$|^(what|who|why|how|when|where|which|can|could|do|does|is|are|will|would|should|may)\b", re.IGNORECASE
)
_WHEN = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(today|tonight|tomorrow|morning|afternoon|evening|week|weekend|noon|lunch"
    r"|any ?time|asap|soon|days?|after|before|flexible|\d{1,2}(:\d\d)?\s?(am|pm)?)\b",
    re.IGNORECASE,
)


def answers_question(question: str, text: str, intent: str, confidence: float, region: str) -> bool:
    """Whether `text` answers the open question of a form.

    Args:
        question: the requested slot.
        text: the visitor's message.
        intent: what the classifier made of it, without the context.
        confidence: how sure it was, 0 to 1.
        region: the studio's country, for phone numbers.
    """
    if intent in ALWAYS_INTERRUPTS and not _is_plain_answer(question, text, intent):
        return False
    reader = _READERS.get(question)
    return reader(text, intent, confidence, region) if reader else False


def read_go_ahead(text: str) -> bool:
    """Whether the visitor agrees to what was read back, also by a yes with more words: "yes, send the request"."""
    return read_yes_no(_PARTS.sub(" ", text)) is True


def read_change(text: str) -> str | None:
    """The slot that the visitor wants to change at the read-back, None where none is named."""
    if read_go_ahead(text):
        return None
    return next((slot for slot, named in CHANGES.items() if named.search(text)), None)


def health_summary(slots: Mapping[str, Any]) -> str:
    """What the read-back says of the visitor's health: the beginning of their own words, or that nothing was named."""
    ledger = slots.get("health_ledger") or {}
    words = [slots.get("health_details") or "", *(condition["words"] for condition in ledger.get("open", []))]
    told = "; ".join(dict.fromkeys(word for word in words if word))
    if len(told) > READ_BACK:
        return f"{told[:READ_BACK].rpartition(' ')[0]} ... (all of it goes to the team)"
    return told or ("nothing to report" if slots.get("health_screening") == "no" else "not answered yet")


def _is_plain_answer(question: str, text: str, intent: str) -> bool:
    """A bare yes or no that sounded like a stop, or "the phone or mail" that sounded like a call for a person."""
    if intent == "stop":
        return question in YES_NO_QUESTIONS and read_yes_no(text) is not None
    names_a_part = question == "send_booking" and len(text.split()) <= SHORT and read_change(text) is not None
    return intent == "handoff_to_human" and names_a_part and not _PERSON.search(text)


def _is_question(text: str) -> bool:
    return bool(_QUESTION.search(text.strip()))


def _reads_name(text: str, intent: str, confidence: float, region: str) -> bool:
    if _is_question(text) or isinstance(parse_name(text), Refusal):
        return False
    words = text.split()
    if intent in ("inform", "nlu_fallback", "affirm", "deny", "greet") or introduces(text):
        return True
    # A name of another language looks to the classifier like a message in that language, or like a misspelt word.
    capitals = all(word[0].isupper() or not word[0].islower() for word in words)
    named = capitals and (intent == "out_of_scope" or (intent == "faq" and confidence < VERY_SURE))
    return len(words) <= SHORT and (named or confidence < SURE)


def introduces(text: str) -> bool:
    """Whether somebody says their name in a sentence: "my name is ..."."""
    return bool(_INTRODUCTION.search(text))


def introduction(text: str) -> str:
    """`text` from where a name is plainly said: "my name is Ann" of "sorry, my name is Ann"; empty where none is."""
    found = _MY_NAME.search(text)
    return text[found.start() :] if found else ""


def _reads_contact(text: str, intent: str, confidence: float, region: str) -> bool:
    return not isinstance(parse_contact(text, region), Refusal) or intent == "inform"


def _reads_wish(text: str, intent: str, confidence: float, region: str) -> bool:
    if isinstance(parse_wish(text), Refusal) and len(text) <= LONG:
        return False
    if intent in ("inform", "book_appointment", "nlu_fallback", "affirm"):
        return True
    return bool(_WHEN.search(text)) and not (
        _is_question(text) and intent in ("faq", "out_of_scope") and confidence > SURE
    )


def _reads_yes_no(text: str, intent: str, confidence: float, region: str) -> bool:
    return read_yes_no(text) is not None


def _reads_confirmation(text: str, intent: str, confidence: float, region: str) -> bool:
    return read_yes_no(text) is not None or (read_change(text) is not None and not _is_question(text))


def _reads_health(text: str, intent: str, confidence: float, region: str) -> bool:
    return (
        read_yes_no(text) is not None
        or bool(_NO_FIRST.search(text) and "?" not in text)
        or (intent in ("affirm", "deny", "inform", "nlu_fallback") and not _is_question(text))
    )


def _reads_details(text: str, intent: str, confidence: float, region: str) -> bool:
    return not _is_question(text) or intent in ("report_condition", "inform", "nlu_fallback", "affirm", "deny")


def _reads_message(text: str, intent: str, confidence: float, region: str) -> bool:
    """ "Hello" alone is no message to pass on; one that begins with it is."""
    return intent in ("greet", "goodbye", "thank") and len(text.split()) > SHORT


_READERS = {
    "handoff_question": _reads_message,
    "visitor_name": _reads_name,
    "contact": _reads_contact,
    "wish": _reads_wish,
    "health_screening": _reads_health,
    "health_details": _reads_details,
    "consent": _reads_yes_no,
    "handoff_consent": _reads_yes_no,
    "send_booking": _reads_confirmation,
}
