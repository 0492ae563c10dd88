"""Screening across a conversation: what to remember after a turn and what to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from lamoon.contract import (
    BOOKING_HOLD,
    CONDITIONS_TEXT,
    CONDITIONS_TOLD,
    EMERGENCY_TEXT,
    HEALTH_NOTICE,
    HEALTH_RECORD,
    OPEN_CONDITIONS,
    TOPIC_INTENT,
    UNREADABLE_RECORD,
    Disclosure,
    HealthRecord,
)
from lamoon.errors import ContractError
from lamoon.intents import shared_intents
from lamoon.screening.catalogue import Catalogue
from lamoon.screening.conditions import titles
from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage
from lamoon.screening.screener import Mention, Screener
from lamoon.text.clean import straight_quotes

Answer = Literal["no", "yes", "details", "asks_back"]
_QUESTION_MARKS: Final = frozenset("?？")
_AUXILIARIES: Final = frozenset("do does did have has".split())


def read_screening_answer(text: str, screener: Screener) -> Answer:
    """The answer to the screening question, given a message as typed: see `screening_answer`."""
    return screening_answer(screener.read(text))


def screening_answer(message: ScreenedMessage) -> Answer:
    """The answer to the screening question, given a message that the screener has read.

    Returns:
        "no" only for a clear no without any condition; "yes" for a bare yes or a bare doubt, after which the booking
        asks which; "asks_back" for a bare "what do you mean?", after which it is asked again; "details" for
        everything else: the visitor's words are then kept for the therapist.
    """
    if message.outcome not in ("none", "inform") or any(f.status != "negated" for f in message.findings):
        return "details"
    asks_back = message.all("answer_asks_back")
    if asks_back and not message.findings and _all_words(message, asks_back):
        return "asks_back"
    if any(word.norm in _QUESTION_MARKS for word in message.words):
        return "details"
    no = _unless_inside(message.all("answer_no"), message.all("answer_yes"))
    yes = _unless_inside(message.all("answer_yes"), [*message.all("answer_no"), *message.all("courtesy")])
    if (no or message.findings) and not yes and _all_words(message, no):
        return "no"
    if yes and not no and not message.findings and _all_words(message, yes):
        return "yes"
    return "details"


def _unless_inside(matches: list[Match], longer: list[Match]) -> list[Match]:
    """The "not" of "not sure" and the "I do" of "I do not" do not count."""
    return [
        match
        for match in matches
        if not any(match.within(other) and match.last - match.first < other.last - other.first for other in longer)
    ]


def _all_words(message: ScreenedMessage, matches: list[Match]) -> bool:
    covered = {at for match in matches for at in range(match.first, match.last + 1)} | message.covered("courtesy")
    if message.findings:
        covered |= (
            message.mentions | message.covered("bridge") | message.covered("negation") | message.covered("self_word")
        )
        covered |= {at for at, word in enumerate(message.words) if word.norm in _AUXILIARIES}
    return all(word.is_mark or at in covered for at, word in enumerate(message.words))


MAX_WORDS: Final = 200
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?]+(?=\S)[^.!?\n]+)*")
# Retracts the condition disclosed last, without naming it.
_TAKES_BACK: Final = re.compile(
    r"\b(?:(?:ignore|forget|disregard|scratch|strike|scrap) "
    r"(?:what i|that|it|the last|my last|all that|about (?:it|that))"
    r"|(?:that|it) (?:was|is|'s) (?:about|for|not about me|not me|somebody else|someone else)\b"
    r"|(?:that|it) wasn'?t (?:about )?me\b|(?:i|we) (?:take|took) (?:that|it) back"
    r"|i(?:'m| am| was) (?:only |just )?"
    r"(?:joking|kidding|wrong|mistaken|mixing|mixed|thinking of (?:some(?:one|body) else|my))"
    r"|i (?:misspoke|got that wrong|got it wrong|mixed (?:that|it|things) up|misunderstood|made a mistake|was confused)"
    r"|false alarm|turned out (?:to be )?(?:fine|nothing|ok(?:ay)?|not|negative|clear)"
    r"|(?:scan|test|x-?ray|ultrasound|biopsy|swab|doctor|result)s? (?:\w+ )?"
    r"(?:found nothing|found none|was negative|were negative|came back (?:clear|negative|normal|fine)"
    r"|was (?:all )?clear|were (?:all )?clear|says? (?:i'?m|it'?s) (?:fine|nothing|clear)))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Changes:
    """What a message changed.

    Attributes:
        warn: ids of conditions the visitor has not been warned about, in the order of the message; none in an emergency.
        retracted: ids that the message retracted.
        emergencies: ids of the emergencies in the message.
        hold: whether an open condition requires that a booking is held for a person.
    """

    warn: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    emergencies: tuple[str, ...] = ()
    hold: bool = False


def update(
    record: HealthRecord, screening: Mapping[str, Any], catalogue: Catalogue, text: str = ""
) -> tuple[HealthRecord, Changes]:
    """The record after a message, and its changes.

    Args:
        record: before the message.
        screening: result of `Screener.screen` for the message.
        catalogue: the conditions with their severity and hold.
        text: the message, quoted in the record; without it only the mention is quoted.
    """
    disclosed: list[Mention] = [mention for mention in screening["conditions"] if mention["status"] == "affirmed"]
    closed = _taken_back(record, screening, disclosed, text)
    opened = [entry for entry in record.open if entry.id not in closed]
    warned = [known for known in record.warned if known not in closed]
    for mention in disclosed:
        if mention["id"] not in {entry.id for entry in opened}:
            opened.append(Disclosure(mention["id"], _words(mention, text)))
    emergencies = _ids(disclosed, catalogue, emergency=True)
    # An emergency replaces every warning; a warning left out comes when the condition is disclosed again.
    warn = tuple(
        known for known in _ids(disclosed, catalogue, emergency=False) if known not in warned and not emergencies
    )
    held = any(catalogue.conditions[entry.id].hold for entry in opened if entry.id in catalogue.conditions)
    after = replace(
        record,
        open=tuple(opened),
        retracted=(*record.retracted, *(entry for entry in record.open if entry.id in closed)),
        warned=(*warned, *warn),
    )
    return after, Changes(warn, tuple(closed), emergencies, held)


def cleared(record: HealthRecord) -> HealthRecord:
    """The record after a review by staff: open conditions are cleared; a new disclosure counts again."""
    ids = {entry.id for entry in record.open}
    warned = tuple(known for known in record.warned if known not in ids)
    return replace(record, open=(), warned=warned, cleared=(*record.cleared, *record.open))


def _taken_back(record: HealthRecord, screening: Mapping[str, Any], disclosed: list[Mention], text: str) -> list[str]:
    """Open ids that the message denies by name, or the last one when it retracts without a name."""
    open_ids = [entry.id for entry in record.open]
    affirmed = {mention["id"] for mention in disclosed}
    denied = {m["id"] for m in screening["conditions"] if m["status"] in ("negated", "other_person")} - affirmed
    closed = [known for known in dict.fromkeys(open_ids) if known in denied]
    if not closed and open_ids and not screening["conditions"] and _TAKES_BACK.search(straight_quotes(text)):
        closed = [open_ids[-1]]
    return closed


def _ids(disclosed: list[Mention], catalogue: Catalogue, emergency: bool) -> tuple[str, ...]:
    known = dict.fromkeys(mention["id"] for mention in disclosed if mention["id"] in catalogue.conditions)
    return tuple(name for name in known if (catalogue.conditions[name].severity == "emergency") == emergency)


def _words(mention: Mention, text: str) -> str:
    """The sentence of the mention as written, shortened around the mention when it is long."""
    if not text:
        return mention["text"][:MAX_WORDS]
    for match in _SENTENCE.finditer(text):
        if match.start() <= mention["start"] < match.end():
            start, end = match.start(), max(match.end(), mention["end"])
            if end - start > MAX_WORDS:
                start = max(start, min(mention["start"] - MAX_WORDS // 4, end - MAX_WORDS))
            return text[start : min(end, start + MAX_WORDS)].strip()
    return mention["text"][:MAX_WORDS]


Notice = Literal["warn", "ask_doctor", "retracted", "ask", "which", "noted", "nothing", "first_things"]
MAX_NOTE = 200
MOST_REMINDERS = 3
"""Reminders of an emergency before an answer to a question; a new disclosure resets the count."""
CRISIS = "suicidal"


@dataclass(frozen=True)
class HealthTurn:
    """The effect of a message.

    Attributes:
        slots: Rasa slots and their new values.
        notice: what to say before anything else: a warning (`warn`, `ask_doctor`), that a condition was retracted
            (`retracted`), the question about health (`ask`), after a yes to it the question `which`
            and that the answer is `noted`, after a no that there is `nothing`; before an answer from the guide, the
            reminder `first_things` of an earlier emergency. None when nothing comes first, or in an emergency (which
            has a reply of its own).
    """

    slots: dict[str, Any]
    notice: Notice | None


def health_turn(
    slots: Mapping[str, Any], parsed: Mapping[str, Any], catalogue: Catalogue, in_form: bool = False
) -> HealthTurn:
    """Updates the conversation's health slots.

    Args:
        slots: current values; `health_ledger`, `booking_hold`, `emergency_text` and `health_notice` are read.
        parsed: a parse result with `safety`, `intent` and `text`.
        catalogue: what the ids mean.
        in_form: whether a form is open. It has its own question about health, so no other is asked.
    """
    safety = parsed.get("safety") or {"outcome": "none", "conditions": []}
    before, is_readable = _record(slots)
    record, changes = update(before, safety, catalogue, parsed.get("text", ""))
    emergency = safety["outcome"] == "emergency"
    notice = None if emergency else _notice(changes.warn, changes.retracted, catalogue)
    if not (notice or emergency or in_form):
        notice = _question(slots.get(HEALTH_NOTICE), parsed, asked=record.asked)
    if notice == "noted" or _is_worth_a_note(safety, parsed):
        record = replace(record, notes=(*record.notes, parsed.get("text", "")[:MAX_NOTE]))
    if notice == "ask":
        record = replace(record, asked=True)
    if not (notice or emergency) and _is_after_an_emergency(slots, parsed, record):
        notice = "first_things"
        record = replace(record, reminders=record.reminders + 1)
    if emergency:
        record = replace(record, reminders=0)
    new: dict[str, Any] = {}
    if record != before or not is_readable:
        new[HEALTH_RECORD] = record.to_slot()
        new[OPEN_CONDITIONS] = [entry.id for entry in record.open]
    if (changes.hold or emergency or not is_readable) and not slots.get(BOOKING_HOLD):
        new[BOOKING_HOLD] = True
    if emergency:
        new[EMERGENCY_TEXT] = _emergency_text(changes.emergencies, safety, catalogue)
    if notice != slots.get(HEALTH_NOTICE):
        new[HEALTH_NOTICE] = notice
    if notice in ("warn", "ask_doctor"):
        new[CONDITIONS_TOLD] = list(changes.warn)
        new[CONDITIONS_TEXT] = titles(changes.warn, catalogue)
    return HealthTurn(new, notice)


def _record(slots: Mapping[str, Any]) -> tuple[HealthRecord, bool]:
    """The record, and whether it could be read. If not, it gets a note for the team and bookings are held."""
    try:
        return HealthRecord.from_slot(slots.get(HEALTH_RECORD)), True
    except ContractError:
        return HealthRecord(notes=(UNREADABLE_RECORD,)), False


def _is_after_an_emergency(slots: Mapping[str, Any], parsed: Mapping[str, Any], record: HealthRecord) -> bool:
    """Whether the guide is asked ("should I roll it?") while an earlier emergency has not been reviewed.

    The guide's answers are for healthy people: "daily, yes" must not follow a swollen leg without a reminder.
    """
    asks = (parsed.get("intent") or {}).get("name") == TOPIC_INTENT
    is_open = bool(slots.get(BOOKING_HOLD)) and slots.get(EMERGENCY_TEXT) not in (None, CRISIS)
    return asks and is_open and record.reminders < MOST_REMINDERS


def _question(before: Notice | None, parsed: Mapping[str, Any], asked: bool) -> Notice | None:
    """The next step of the question about health, which is asked once in a conversation.

    Args:
        before: the notice of the last turn.
        parsed: as in `health_turn`.
        asked: whether it was asked already.
    """
    intent = (parsed.get("intent") or {}).get("name")
    if before == "ask" and intent in ("affirm", "deny"):
        return "which" if intent == "affirm" else "nothing"
    if before == "which" and (intent is None or intent in shared_intents().naming_conditions):
        return "noted"
    return "ask" if (parsed.get("safety") or {}).get("question") and not asked else None


def _is_worth_a_note(safety: Mapping[str, Any], parsed: Mapping[str, Any]) -> bool:
    """Whether the message disclosed a health matter without naming a condition of the catalogue."""
    intent = (parsed.get("intent") or {}).get("name")
    return not safety["conditions"] and (intent == "report_condition" or bool(safety.get("question")))


def _emergency_text(ids: tuple[str, ...], safety: Mapping[str, Any], catalogue: Catalogue) -> str:
    """The text to show: that of the first emergency named; otherwise the second opinion's."""
    if ids:
        return catalogue.conditions[ids[0]].emergency_text
    return str((safety.get("second_opinion") or {}).get("text", "general"))


def _notice(warn: tuple[str, ...], retracted: tuple[str, ...], catalogue: Catalogue) -> Notice | None:
    if warn:
        article = any(catalogue.conditions[id].severity in ("avoid", "avoid_locally") for id in warn)
        return "warn" if article else "ask_doctor"
    return "retracted" if retracted else None
