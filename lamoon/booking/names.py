"""Which name a message gives, on top of what the reader of names finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any, Final

from lamoon.booking.answers import Invalid
from lamoon.booking.contact import parse_name
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import fold_accents

INTRODUCES: Final = re.compile(
    r"\b(?:names?|surname|last name|first name|called|call me|i'?m|i am|this is|it'?s for|for my|spel[lt]\w*|it'?s|goes by|put (?:it )?(?:down )?(?:as|under)|under|should (?:be|read|say))\b",
    re.IGNORECASE,
)
"""What makes a name a correction of the one that is known."""
_ADVERBIAL: Final = re.compile(r"\W*(?:in|on|at|by|with|about|as) (?![A-Z])\w+\W*$")
"""How an answer begins that says how or when, and names nobody: "in writing"."""
_NEVER: Final = frozenset("agent menu restart human operator start person representative back".split())
_BEFORE: Final = re.compile(r"^(?:ok(?:ay)?|fine|yes|sure|well|good|great|right|just|so|and|hi|hello)\s+(?=[A-Z])")


def name_in(text: str, reading: Mapping[str, Any], asked: bool) -> str:
    """The name that a message gives; empty for none.

    Args:
        text: the message.
        reading: of it.
        asked: whether the name is the open question.
    """
    if asked and (parse_yes_no(text) is not None or _ADVERBIAL.match(text)):
        return ""
    name = _BEFORE.sub("", str(reading.get("name") or ""))
    pair = _COUPLE.search(text) if name and (asked or reading.get("for_whom") == "two_people") else None
    if pair and name in (pair["first"], pair["second"], pair[0]):
        return pair[0]
    if name.lower() in _NEVER or _is_body(name, reading):
        name = ""
    parsed = parse_name(text) if asked else Invalid("no_name")
    whole = "" if isinstance(parsed, Invalid) or not text.strip()[:1].isupper() else parsed
    return whole if name and whole.endswith(name) and len(whole.split()) == 2 else name


def _is_body(name: str, reading: Mapping[str, Any]) -> bool:
    """Whether the name is an area of the body that was read too: "tennis elbow"."""
    words = set(re.findall(r"[a-z]+", name.lower()))
    return any(words & {part, f"{part}s"} for part in reading.get("body") or ())


_ONE: Final = r"[^\W\d_a-z][\w'\u2019-]*(?: (?:[a-z]{2,3} )?[^\W\d_a-z][\w'\u2019-]*){0,3}"
_COUPLE: Final = re.compile(rf"(?<![\w'])(?P<first>{_ONE}) (?:and|&|\+) (?P<second>{_ONE})(?=[,.!;\n]|$)")
ALIKE: Final = 0.7
"""How much alike a new spelling is to the name that it corrects, from 0 to 1."""


def respelled(known: str, name: str) -> str:
    """The known name in a new spelling: of "Catherine Moore" and "Katherine" it is "Katherine Moore"."""
    words = known.split()
    if " " in name or len(words) < 2 or name in words:
        return name
    alike = [_likeness(word, name) for word in words]
    at = alike.index(max(alike))
    return " ".join([*words[:at], name, *words[at + 1 :]]) if alike[at] >= ALIKE else name


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, fold_accents(word).lower(), fold_accents(other).lower()).ratio()


_NAMED: Final = re.compile(r"\b(?:names?|surname|called|spel[lt]\w*)\b", re.IGNORECASE)


def corrects_name(text: str, name: str, known: str = "") -> bool:
    """Whether a name in a message replaces the one that is known: "I am healthy" introduces nobody, "or rather J\u00f3n" does."""
    before = known.split()
    if name in text and before and all(max(_likeness(word, old) for old in before) >= ALIKE for word in name.split()):
        return True
    return bool(_NAMED.search(text)) or (name in text and bool(INTRODUCES.search(text)))
