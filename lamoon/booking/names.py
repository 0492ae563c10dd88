"""Names in messages, on top of the reader of names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any, Final

from lamoon.booking.answers import Invalid
from lamoon.booking.contact import QUESTION, parse_name
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import fold_accents, straight_quotes

INTRODUCES: Final = re.compile(
    r"\b(?:names?|surname|last name|first name|called|call me|i'?m|i am|this is|it'?s for|for my|spel[lt]\w*|it'?s|goes by|put (?:it )?(?:down )?(?:as|under)|under|should (?:be|read|say))\b",
    re.IGNORECASE,
)
"""Words that mark a name as a correction of the known one."""
_ADVERBIAL: Final = re.compile(r"\W*(?:in|on|at|by|with|about|as) (?![A-Z])\w+\W*$")
"""The start of an answer that says how or when instead of a name: "in writing"."""
_NEVER: Final = frozenset("agent menu restart human operator start person representative back".split())
_BEFORE: Final = re.compile(r"^(?:ok(?:ay)?|fine|yes|sure|well|good|great|right|just|so|and|hi|hello)\s+(?=[A-Z])")


def name_in(text: str, reading: Mapping[str, Any], asked: bool) -> str:
    """Return the name in a message; empty if there is none.

    Args:
        text: the message.
        reading: of it.
        asked: whether the name is the open question.
    """
    if asked and (parse_yes_no(text) is not None or _ADVERBIAL.match(text)):
        return ""
    name = _BEFORE.sub("", str(reading.get("name") or ""))
    if asked and name and _is_in_a_clause(name, text):
        name = ""
    pair = _COUPLE.search(text) if name and (asked or reading.get("for_whom") == "two_people") else None
    if pair and name in (pair["first"], pair["second"], pair[0]):
        return pair[0]
    if name and reading.get("for_whom") == "two_people" and (other := _OTHER.search(text)) and other["other"] != name:
        return f"{name} and {other['other']}"
    if name.lower() in _NEVER or _is_body(name, reading):
        name = ""
    parsed = parse_name(text) if asked else Invalid("no_name")
    whole = "" if isinstance(parsed, Invalid) or not text.strip()[:1].isupper() else parsed
    return whole if name and whole.endswith(name) and len(whole.split()) == 2 else name


_CLAUSES: Final = re.compile(r"[,.;:!?\n]+|\s-+\s")
_SUBJECT: Final = re.compile(
    r"\b(?:i|he|she|we|they|you|who|what|why|how|when|where|which|if|because|whether)\b", re.IGNORECASE
)
_PRESENTS: Final = re.compile(
    rf"{INTRODUCES.pattern}|\b(?:calls?|know|knows) (?:me|her|him)\b|\b(?:he|she|that|they|who|it)(?:'?s| is)\b|\bgo by\b",
    re.IGNORECASE,
)


def _is_in_a_clause(name: str, text: str) -> bool:
    """Return whether an apparent name is part of a question or a clause: "uses aloe" in "what if she uses aloe"."""
    plain = straight_quotes(text)
    clause = next((part for part in _CLAUSES.split(plain) if name.lower() in part.lower()), "")
    before = clause[: clause.lower().find(name.lower())]
    if _PRESENTS.search(before) or not clause:
        return False
    return bool(QUESTION.match(clause.strip())) or (name not in plain and bool(_SUBJECT.search(before)))


def _is_body(name: str, reading: Mapping[str, Any]) -> bool:
    """Return whether the name is a body area that was also found: "tennis elbow"."""
    words = set(re.findall(r"[a-z]+", name.lower()))
    return any(words & {part, f"{part}s"} for part in reading.get("body") or ())


_ONE: Final = r"[^\W\d_a-z][\w'\u2019-]*(?: (?:[a-z]{2,3} )?[^\W\d_a-z][\w'\u2019-]*){0,3}"
_COUPLE: Final = re.compile(rf"(?<![\w'])(?P<first>{_ONE}) (?:and|&|\+) (?P<second>{_ONE})(?=[,.!;\n]|$)")
_OTHER: Final = re.compile(
    rf"(?i:\b(?:(?:she|he|they)(?:['\u2019]?s|['\u2019]?re| is| are)(?: called| named)?|(?:her|his|their) name(?:['\u2019]?s| is))) (?P<other>{_ONE})"
)
"""The other of two people: "I'm Jo, she's Ilona"."""
ALIKE: Final = 0.7
"""Minimum similarity of a new spelling to the name that it corrects, from 0 to 1."""


def respelled(known: str, name: str) -> str:
    """Return the known name in a new spelling: "Catherine Moore" and "Katherine" give "Katherine Moore"."""
    words = known.split()
    if " " in name or len(words) < 2 or name in words:
        return name
    alike = [_likeness(word, name) for word in words]
    at = alike.index(max(alike))
    return " ".join([*words[:at], name, *words[at + 1 :]]) if alike[at] >= ALIKE else name


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, fold_accents(word).lower(), fold_accents(other).lower()).ratio()


_WAYS: Final = re.compile(
    r"(?i)\b(?:e-?mail|mail|phone|mobile|cell|text|sms|call|whats\s?app|telegram|messenger|instagram|insta|facebook|signal"
    r"|either|both|neither|none|same|here|this|private|prices?|parking|hours|anonymous|unsure|mine|skip|pass|wait|later)\b"
)
"""What the answer to how to reach a person may be besides a contact."""
_SURNAME: Final = re.compile(r"(?:(?:[a-z]{1,3}|[A-Z][a-z]{0,2}) ){0,2}[^\W\d_a-z][\w'\u2019-]+[.,!]?")


def continues_name(known: str, text: str) -> str:
    """The whole name where a message goes on with one that was just given: "Maria", "Lopez". Empty otherwise."""
    said = text.strip()
    if len(known.split()) != 1 or not _SURNAME.fullmatch(said) or said.lower() in _NEVER or _WAYS.search(said):
        return ""
    name = parse_name(said)
    return "" if isinstance(name, Invalid) or parse_yes_no(said) is not None else f"{known} {name}"


_NAMED: Final = re.compile(r"\b(?:names?|surname|called|spel[lt]\w*)\b", re.IGNORECASE)


def corrects_name(text: str, name: str, known: str = "") -> bool:
    """Return whether a name in a message replaces the known one: "or rather J\u00f3n" does, "I am healthy" does not."""
    before = known.split()
    if name in text and before and all(max(_likeness(word, old) for old in before) >= ALIKE for word in name.split()):
        return True
    if known and re.search(rf"\bnot (?:just |only )?{re.escape(known)}\b", text, re.IGNORECASE):
        return True  # "make that Joelle Tran, not Jo"
    return bool(_NAMED.search(text)) or (name in text and bool(INTRODUCES.search(text)))
