"""Figures of speech that contain words of illness, for all conditions and signs."""

from __future__ import annotations

import re
from typing import Final

from lamoon.screening.grammar.someone_else import OWN
from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage

_POLITE: Final = frozenset("please thanks thank you sorry".split())
_PEOPLE: Final = frozenset("he she they we you who him her them us someone somebody everyone everybody".split()) | OWN
_REACH: Final = 9  # words between an object and its verb

_OF_AN_ILLNESS: Final = frozenset(
    "recovery damage rehab symptoms survivor deficit deficits weakness patient clinic last".split()
)
_SUFFERED: Final = frozenset("had have has having after since from mini suffered survived".split())
_POWER: Final = re.compile(r"\d ?%")


def figures_of_speech(message: ScreenedMessage) -> frozenset[int]:
    """Return the words used figuratively: "nearly had a stroke when I saw the price", "cancel all this, I don't want to
    go on". The latter counts only at the end of a sentence, because "... go on living" is a cry for help.
    """
    given_up = {
        at
        for match in message.all("booking_given_up")
        if all(word.is_mark or word.norm in _POLITE for word in message.words[match.last + 1 :])
        for at in range(match.first, match.last + 1)
    }
    figures = message.covered("figure") | message.covered("bereaved")  # a mourned death is not a sign of the visitor
    return figures | given_up | _of_things(message) | _strokes_of_sport(message)


def _of_things(message: ScreenedMessage) -> frozenset[int]:
    """Return the words of sentences about objects: "My phone is about to die", "our defense is bleeding out". The
    pronoun "it" counts only near a battery that runs out. With a person between, or without an object, the match
    remains a sign.
    """
    found: set[int] = set()
    for match in message.all("fails_like_people"):
        start = _thing(message, match)
        if start is not None:
            found.update(range(start, match.last + 1))
    return frozenset(found)


def _thing(message: ScreenedMessage, failing: Match) -> int | None:
    """Return where the object of the phrase or the clause of an empty battery begins; None if there is no object."""
    things, helpers, persons = (message.covered(name) for name in ("thing", "thing_helper", "person"))
    start = max(message.bounds(failing.first)[0], failing.first - _REACH)
    at = failing.first
    for at in range(failing.first - 1, start - 1, -1):
        norm = message.norm(at)
        if at in things:
            return at
        if (at in persons and norm not in _THINGS_TOO) or norm in _PEOPLE:
            return None
        if at not in helpers and not message.words[at].is_mark and message.words[at].kind != "number":
            return None
    is_low = bool(message.all("power_low") or _POWER.search(message.text))
    return (
        at
        if is_low and not any(message.norm(n) in _PEOPLE for n in range(failing.last + 1, failing.last + 2))
        else None
    )


_THINGS_TOO: Final = frozenset("team squad staff class crew office".split())


def _strokes_of_sport(message: ScreenedMessage) -> frozenset[int]:
    """ "Coach wants to fix my stroke": unless a person had one, or it goes on about an illness."""
    return frozenset(
        at
        for match in message.all("sport_stroke")
        if message.norm(match.last + 1) not in _OF_AN_ILLNESS
        and not any(message.norm(n) in _SUFFERED for n in _before_stroke(message, match))
        for at in range(match.first, match.last + 1)
    )


def _before_stroke(message: ScreenedMessage, match: Match) -> range:
    """The words of the match, and the two before it, that stand before its "stroke"."""
    stroke = next((at for at in range(match.first, match.last + 1) if "stroke" in message.norm(at)), match.last)
    return range(max(match.first - 2, 0, stroke - 3), stroke)
