"""How a form reads a message: as an answer to its open question, or as something else."""

from __future__ import annotations

import re

from lamoon.booking.questions import BY_SLOT, read_change
from lamoon.booking.readers import SHORT, Message
from lamoon.booking.yes_no import read_yes_no
from lamoon.intents import shared_intents

_MY_NAME = re.compile(r"\b(my name|name'?s)\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(person|human|someone|somebody|talk|speak|call|ring|reception|team|staff)\b", re.IGNORECASE)


def answers_question(slot: str, text: str, intent: str, confidence: float, region: str) -> bool:
    """Whether `text` answers the open question of a form.

    Args:
        slot: the requested slot.
        text, intent, confidence, region: as in `readers.Message`.
    """
    if intent in shared_intents().always_interrupting and not _is_plain_answer(slot, text, intent):
        return False
    question = BY_SLOT.get(slot)
    return bool(question and question.reads(Message(text, intent, confidence, region)))


def introduction(text: str) -> str:
    """`text` from where a name is plainly said: "my name is Ann" of "sorry, my name is Ann"; empty where none is."""
    found = _MY_NAME.search(text)
    return text[found.start() :] if found else ""


def _is_plain_answer(slot: str, text: str, intent: str) -> bool:
    """A bare yes or no that sounded like a stop, or "the phone or mail" that sounded like a call for a person."""
    if intent == "stop":
        question = BY_SLOT.get(slot)
        return bool(question and question.yes_or_no) and read_yes_no(text) is not None
    names_a_part = slot == "send_booking" and len(text.split()) <= SHORT and read_change(text) is not None
    return intent == "handoff_to_human" and names_a_part and not _PERSON.search(text)
