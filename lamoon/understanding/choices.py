"""Answers to offered choices: "the first one", "2", "no, the other", "both"."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_WORDS = 6
_PLACES = {
    "first": 0,
    "1st": 0,
    "one": 0,
    "second": 1,
    "2nd": 1,
    "two": 1,
    "third": 2,
    "3rd": 2,
    "three": 2,
    "last": -1,
}
_POLITE = r"(?:yes|yeah|yep|no|nope|please|ok|okay|um|er|i mean|i meant|it'?s|that'?s|go with|let'?s do)"
_ORDINAL = re.compile(
    rf"(?:{_POLITE}\W+)*(?:the|number|option|no|nr)?\W*(?P<place>first|1st|second|2nd|third|3rd|last)(?: one| option| question)?"
    rf"(?:\W+{_POLITE})*\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?:{_POLITE}\W+)*(?:number|option|no\.?|nr\.?|#)?\s*(?P<place>[1-9]|one|two|three)\W*(?:please)?\W*",
    re.IGNORECASE,
)
_OTHER = re.compile(rf"(?:{_POLITE}\W+)*the other(?: one| option| question)?\W*(?:please)?\W*", re.IGNORECASE)
_BOTH = re.compile(rf"(?:{_POLITE}\W+)*both(?: of (?:them|these|those))?\W*(?:please)?\W*", re.IGNORECASE)


def picked(text: str, choices: Sequence[str]) -> str | None:
    """The choice that a visitor names by its place.

    Args:
        text: the visitor's message.
        choices: what the buttons send, in the order shown; the last one of several may offer a person.

    Returns:
        The choice, both joined for "both", or None where no choice is named.
    """
    text = text.strip()
    if len(text.split()) > MOST_WORDS or not choices:
        return None
    if len(choices) > 1 and _OTHER.fullmatch(text):
        return choices[1]
    if len(choices) > 1 and _BOTH.fullmatch(text):
        return f"{choices[0]} {choices[1]}"
    named = _ORDINAL.fullmatch(text) or _NUMBER.fullmatch(text)
    return _at(named["place"].lower(), choices) if named else None


def _at(place: str, choices: Sequence[str]) -> str | None:
    index = int(place) - 1 if place.isdigit() else _PLACES[place]
    return choices[index] if index < len(choices) else None
