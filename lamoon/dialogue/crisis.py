"""The reply while a crisis is open: never cold, never without the line, and ordinary answers only to plain questions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from lamoon.contract import HealthRecord
from lamoon.dialogue.reading import TurnReading
from lamoon.dialogue.reply import BOOK, CERTAIN, GO_ON, GO_ON_IN_CRISIS, HANDOFF_FORM, Plan
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import straight_quotes
from lamoon.understanding.followups import content_words
from lamoon.understanding.questions import is_question

_REFUSES: Final = re.compile(r"\W*(no|nope|nah|never|(please )?(don'?t|do not))\b", re.IGNORECASE)
"""Refusals: "no telephone please", "don't put me on some list"."""
_AGREES: Final = re.compile(
    r"\W*(?:yes|yea|yeah|yep|yup|sure|ok|okay|please|of course|i would|i'd|that would)\b", re.IGNORECASE
)
_BUT: Final = re.compile(r"\b(?:but|rest|though|however|otherwise)\b", re.IGNORECASE)
_CONTACT: Final = r"\b(?:call|phone|ring|dial|speak|talk|text|chat)(?:s|ing|ed)?\b"
_CANNOT_CONTACT: Final = re.compile(
    r"\b(?:can'?t|cannot|can not|couldn'?t|could not|won'?t|wouldn'?t|don'?t|do not|not|never|no|hate|scared|afraid|shy)\b"
    rf"[^.,;!?]*?{_CONTACT}(?![^.,;!?]*\b(?:you|bot|robot|machine|computer|program|ai)\b)",
    re.IGNORECASE,
)
"""The words of visitors who cannot call a line: "I can't phone a stranger", "too shy to talk to anyone"."""


def in_crisis(record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    """Return the plan of the reply and the record, which counts the replies since the crisis began."""
    record = replace(record, crisis=replace(record.crisis, replies=record.crisis.replies + 1))
    if record.crisis.harm:
        return Plan(("utter_crisis_harm",), "listen"), record
    if turn.intent != "faq" and _cannot_call(turn.text):
        return Plan(("utter_crisis_in_writing",), "listen"), record
    wants_person = turn.intent == "handoff_to_human" and turn.confidence >= CERTAIN and not _REFUSES.match(turn.text)
    if wants_person:
        return Plan(("utter_crisis_handoff",), "rules"), record
    if turn.intent == "affirm" and _agrees(turn.text) and record.crisis.replies == 1:
        return Plan(("utter_crisis_handoff", HANDOFF_FORM), "listen"), record
    refuses = turn.intent in GO_ON and bool(_REFUSES.match(turn.text))
    # "Not after sympathy" is not a question, and "what would I say to them" is one about the line.
    asks = turn.intent != "faq" or (is_question(turn.text) and bool(content_words(turn.text)))
    is_plain = asks and (turn.confidence >= CERTAIN or turn.has_fact or (turn.intent == BOOK and turn.wishes))
    if turn.intent in GO_ON_IN_CRISIS and is_plain and not refuses and turn.safety.get("crisis") in (None, "", "none"):
        return Plan(("utter_crisis_before",), "rules"), record
    return Plan(("utter_crisis_followup",), "listen"), record


def _agrees(text: str) -> bool:
    """Return whether a message agrees to be contacted; "yeah but the rest is ok" and "it is well" do not."""
    return parse_yes_no(text) is True or (bool(_AGREES.match(text)) and not _BUT.search(text))


def _cannot_call(text: str) -> bool:
    """Return whether all contact that a message speaks of is what the visitor cannot bear."""
    rest, found = _CANNOT_CONTACT.subn("", straight_quotes(text))
    return bool(found) and not re.search(_CONTACT, rest, re.IGNORECASE)
