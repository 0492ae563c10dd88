"""What a conversation has disclosed so far: open conditions, retracted ones, and which were already warned about.

A pure state machine over `HealthRecord`, which a dialogue slot keeps. Nothing is ever forgotten: a retraction moves a
condition from `open` to `retracted`, and a hold, once due, is lifted by people only, which moves what they looked at to
`cleared`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lamoon.contract import Disclosure, HealthRecord
from lamoon.screening.catalogue import Catalogue
from lamoon.screening.screener import Mention

MAX_WORDS: Final = 200
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?]+(?=\S)[^.!?\n]+)*")
# Takes back what was said before without naming it. The condition told last is meant.
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
        warn: ids of which the visitor was not told before, in the order of the message; none beside an emergency.
        retracted: ids that the message took back.
        emergencies: ids of the emergencies in the message.
        hold: whether a booking is due to be held for a person: some open condition asks for it.
    """

    warn: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    emergencies: tuple[str, ...] = ()
    hold: bool = False


def update(
    record: HealthRecord, screening: Mapping[str, Any], catalogue: Catalogue, text: str = ""
) -> tuple[HealthRecord, Changes]:
    """The record after a message, and what the message changed.

    Args:
        record: before the message.
        screening: what `Screener.screen` said of the message.
        catalogue: the conditions with their severity and hold.
        text: the message, from which the words are taken; without it the mention's own words.
    """
    told: list[Mention] = [mention for mention in screening["conditions"] if mention["status"] == "affirmed"]
    closed = _taken_back(record, screening, told, text)
    opened = [entry for entry in record.open if entry.id not in closed]
    warned = [known for known in record.warned if known not in closed]
    for mention in told:
        if mention["id"] not in {entry.id for entry in opened}:
            opened.append(Disclosure(mention["id"], _words(mention, text)))
    emergencies = _ids(told, catalogue, emergency=True)
    # An emergency silences everything else; what it left unsaid is said when it is told again.
    warn = tuple(known for known in _ids(told, catalogue, emergency=False) if known not in warned and not emergencies)
    held = any(catalogue.conditions[entry.id].hold for entry in opened if entry.id in catalogue.conditions)
    after = replace(
        record,
        open=tuple(opened),
        retracted=(*record.retracted, *(entry for entry in record.open if entry.id in closed)),
        warned=(*warned, *warn),
    )
    return after, Changes(warn, tuple(closed), emergencies, held)


def cleared(record: HealthRecord) -> HealthRecord:
    """The record after a person of the team has looked at what is open: it is set aside, and told again it counts anew."""
    ids = {entry.id for entry in record.open}
    warned = tuple(known for known in record.warned if known not in ids)
    return replace(record, open=(), warned=warned, cleared=(*record.cleared, *record.open))


def _taken_back(record: HealthRecord, screening: Mapping[str, Any], told: list[Mention], text: str) -> list[str]:
    """Open ids that the message denies by name, or the last one where it takes something back without a name."""
    open_ids = [entry.id for entry in record.open]
    affirmed = {mention["id"] for mention in told}
    denied = {m["id"] for m in screening["conditions"] if m["status"] in ("negated", "other_person")} - affirmed
    closed = [known for known in dict.fromkeys(open_ids) if known in denied]
    if not closed and open_ids and not screening["conditions"] and _TAKES_BACK.search(text.replace("\u2019", "'")):
        closed = [open_ids[-1]]
    return closed


def _ids(told: list[Mention], catalogue: Catalogue, emergency: bool) -> tuple[str, ...]:
    known = dict.fromkeys(mention["id"] for mention in told if mention["id"] in catalogue.conditions)
    return tuple(name for name in known if (catalogue.conditions[name].severity == "emergency") == emergency)


def _words(mention: Mention, text: str) -> str:
    """The sentence of the mention as the visitor wrote it, shortened around the mention where it is long."""
    if not text:
        return mention["text"][:MAX_WORDS]
    for match in _SENTENCE.finditer(text):
        if match.start() <= mention["start"] < match.end():
            start, end = match.start(), max(match.end(), mention["end"])
            if end - start > MAX_WORDS:
                start = max(start, min(mention["start"] - MAX_WORDS // 4, end - MAX_WORDS))
            return text[start : min(end, start + MAX_WORDS)].strip()
    return mention["text"][:MAX_WORDS]
