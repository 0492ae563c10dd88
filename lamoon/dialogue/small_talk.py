"""Small talk outside the guide and the booking: a complaint, "are you real?", "wait", a boundary set earlier."""

from __future__ import annotations

import re
from typing import Final

from lamoon.dialogue.reading import TurnReading
from lamoon.dialogue.reply import CERTAIN, Place, Plan

SEXUAL: Final = "out_of_scope/sexual"
ABUSE: Final = "out_of_scope/abuse"
NEXT_TO_SEXUAL: Final = frozenset(
    "out_of_scope/clothing out_of_scope/companion_and_comfort out_of_scope/therapist_choice".split()
)
_PROGRAM: Final = re.compile(r"\b(real|human|bot|robot|machine|computer|a\.?i|program)\b", re.IGNORECASE)
_WAIT: Final = re.compile(
    r"\W*(?:ok(?:ay)?|oh|um|please|just|no)?\W*(?:wait|hold on|hang on|one (?:sec|second|moment|minute)|(?:just )?a (?:sec|second|moment|minute))"
    r"(?: (?:please|a (?:sec|second|moment|minute)|up))?\W*",
    re.IGNORECASE,
)
_BRB: Final = re.compile(
    r"\W*(?:ok(?:ay)?|oh|sorry|please|just)?\W*(?:hang on|hold on|one (?:sec|second|moment|minute)|just a (?:sec|second|moment|minute)"
    r"|wait a (?:sec|second|moment|minute)|brb|be right back|give me a (?:sec|second|moment|minute))\b(?!.{0,40}\b(?:instead|change|cancel|actually)\b)",
    re.IGNORECASE,
)
"""A pause with a reason: "hang on, someone's at the door"."""
_LENGTH: Final = re.compile(
    r"\b(?:long|longer|wordy|verbose|shorter|short|brief|essay|much text|many words|novel)\b", re.IGNORECASE
)
_SHORTER: Final = re.compile(
    r"\b(?:(?:in|just|only|as|to) )?(?:one|1|a single|two|2) (?:line|sentence)s?\b|\btl;?\W?dr\b|\btoo (?:much|many) (?:text|words|to read|reading|info\w*)\b"
    r"|\b(?:that'?s|this is|it'?s|way|far) (?:way |far |much )?too long\b|\bwall of (?:text|words)\b|\b(?:short|brief)(?:er)?(?: (?:version|answer|form|one))?,? (?:please|pls|plz)\b"
    r"|\b(?:shorter|briefly|in short|in a nutshell|nutshell|bottom line|the gist|in (?:a )?few(?:er)? words|cut it short|keep it (?:short|brief|simple))\b"
    r"|\b(?:short|brief)(?:er)? (?:version|answer)\b"
    r"|\beli5\b|\blike (?:i'?m|i am) (?:a (?:child|kid)|\w+ years? old|five|5|six|6|ten|10)\b|\b(?:plain|simple|normal) (?:english|words|terms)\b|\blayman\b",
    re.IGNORECASE,
)
MOST_WORDS_OF_A_WISH: Final = 14
_OTHER_LENGTHS: Final = re.compile(
    r"\b(?:session|appointment|visit|massage|facial|treatment|booking|pressure|pain\w*|hurts?|cost\w*|money|expensive|price\w*|minutes?|hours?|time)\b",
    re.IGNORECASE,
)
_INTIMATE: Final = re.compile(
    r"\b(?:underwear|undies|panties|knickers|bra|thong|lingerie|naked|nude|topless|boobs|breasts|cup size)\b",
    re.IGNORECASE,
)
_OF_STAFF: Final = re.compile(
    r"\b(?:therapists?|masseuses?|staff|girls?|ladies|women|lady|woman|she|her|they|you)\b", re.IGNORECASE
)
_OF_VISITOR: Final = re.compile(r"\b(?:i|me|my|mine|we|us|our|one|clients?|people|patients?)\b", re.IGNORECASE)
_AGAIN: Final = re.compile(
    r"\b(?:repeat\w*|same thing|over and over|again and again|already said|loop\w*|broken record)\b", re.IGNORECASE
)
_PARENT_REFUSES: Final = re.compile(
    r"\b(?:mum|mom|mam|dad|parents?|mother|father|guardian|folks)\b.{0,20}\b(?:no|not|never|against|forbid\w*|forbade|refuse\w*|won'?t|doesn'?t|don'?t|didn'?t)\b"
    r"|\b(?:without|behind) (?:my )?(?:mum|mom|mam|dad|parents?|mother|father|folks)\b",
    re.IGNORECASE,
)
_THEIR_CONTACT: Final = re.compile(
    r"\b(?:your|ur|the studio'?s?|the team'?s?|their) (?:\w+ )?(?:phone|telephone|mobile|number|e-?mail|mail address|whats ?app)\b",
    re.IGNORECASE,
)
_HURT: Final = re.compile(r"\b(?:hurt\w*|pain\w*|sore|ache\w*|injur\w*|bruis\w*|rough)\b", re.IGNORECASE)


def aside(turn: TurnReading, place: Place) -> Plan:
    """Return the plan for small talk; an empty plan for any other message."""
    if turn.topic == SEXUAL and turn.intent == "out_of_scope":
        return Plan((), "rules", "boundary")
    if _INTIMATE.search(turn.text) and _OF_STAFF.search(turn.text) and not _OF_VISITOR.search(turn.text):
        return Plan(("utter_boundary",), "listen", "boundary")
    if turn.bargains and turn.intent not in ("emergency", "report_condition"):
        return Plan(("utter_prices_with_team",), "listen")
    if not place.form and _wants_shorter(turn):
        return Plan(("utter_last_answer",), "listen")
    if turn.intent == "handoff_to_human" and turn.complains and not place.form:
        return Plan(("utter_sorry_for_that",), "rules")
    if place.before.notice == "boundary" and (
        turn.topic in NEXT_TO_SEXUAL or turn.intent in ("ask_prices", "ask_services")
    ):
        return Plan(("utter_boundary",), "listen", "boundary")
    if turn.topic == ABUSE and _PROGRAM.search(turn.text):
        return Plan(("utter_bot_challenge",), "listen")
    waits = _WAIT.fullmatch(turn.text) if turn.intent == "stop" else _BRB.match(turn.text) and "?" not in turn.text
    if waits and not (turn.wishes or turn.safety["conditions"]):
        return Plan(("utter_take_your_time",), "listen")
    if turn.intent == "feedback_negative":
        return _complaint(turn, place)
    if (
        turn.intent == "book_appointment"
        and turn.names_person
        and not turn.for_other
        and _PARENT_REFUSES.search(turn.text)
    ):
        return Plan(("utter_parent_first",), "listen")
    if turn.intent == "handoff_to_human" and not place.form and _THEIR_CONTACT.search(turn.text):
        return Plan(("utter_studio_contact",), "listen")
    return Plan()


def _wants_shorter(turn: TurnReading) -> bool:
    """Return whether a message asks for a shorter version of the previous answer: "too much text, one line please"."""
    return (
        turn.intent not in ("emergency", "book_appointment", "about_request", "handoff_to_human", "forget_me")
        and len(turn.text.split()) <= MOST_WORDS_OF_A_WISH
        and bool(_SHORTER.search(turn.text))
        and not _OTHER_LENGTHS.search(turn.text)
        and not turn.wishes
        and not turn.has_fact
        and not (turn.intent in ("faq", "out_of_scope") and turn.confidence >= CERTAIN)
        and not turn.safety["conditions"]
    )


def _complaint(turn: TurnReading, place: Place) -> Plan:
    if place.form:
        return Plan(("utter_complaint_heard",), "rules") if _HURT.search(turn.text) else Plan()
    if _LENGTH.search(turn.text):
        return Plan(("utter_last_answer",), "listen")
    return Plan(("utter_sorry_again",), "listen") if _AGAIN.search(turn.text) else Plan()
