"""Denials of one stretch of time: "no clots this year" leaves a clot of an earlier year."""

from __future__ import annotations

from typing import Final

from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage

_LATE: Final = frozenset("recent new more further additional fresh current active present ongoing".split())
_ANSWERS: Final = frozenset("none not no nope nah never nothing".split())
_JOINTS: Final = frozenset(
    ", : ? - – — ( ... and or nor i we me he she they them myself personally thankfully so".split()
)
_REACH: Final = 12  # words
_NEXT: Final = 8  # words


def is_denied_only_lately(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether a denied mention is denied for a stretch of time only, or the last occurrence is dated."""
    if message.norm(first - 1) in _LATE or message.norm(first) in _LATE:
        return True
    return any(_limits(message, cue, first, last) for cue in message.all("only_lately")) or any(
        _dates(message, cue, last) for cue in message.all("last_one")
    )


def _limits(message: ScreenedMessage, cue: Match, first: int, last: int) -> bool:
    """Return whether a stretch of time belongs to the denial of the mention: only items of its list, a short answer or
    auxiliaries stand between.
    """
    if cue.first <= last:
        opens = cue.first == message.bounds(first)[0]
        return cue.last >= first or (opens and _is_open(message, range(cue.last + 1, first), answer=False))
    later = message.words[cue.first].sentence - message.words[last].sentence
    if later > 1 or (later and message.norm(message.bounds(cue.first)[0]) not in _ANSWERS):
        return False
    never = any(message.norm(at) == "never" for at in range(message.bounds(first)[0], first))
    if never and message.norm(cue.first) != "since":
        return False  # "never had one in forty years"
    return _is_open(message, range(last + 1, cue.first), answer=True)


def _is_open(message: ScreenedMessage, between: range, answer: bool) -> bool:
    """Return whether no other statement stands between; if `answer`, a denial that names nothing else may."""
    if len(between) > _REACH:
        return False
    denials = [at for at in between if message.norm(at) in _ANSWERS]
    if answer and denials and not message.mentions.isdisjoint(range(denials[0], between.stop)):
        return False  # "no clots, no surgery this year"
    passable = message.covered("bridge") | message.mentions | frozenset(denials)
    return all(at in passable or message.norm(at) in _JOINTS for at in between)


def _dates(message: ScreenedMessage, cue: Match, last: int) -> bool:
    """Return whether "last one was in 2019" follows the mention, and no treatment stands between."""
    between = range(last + 1, cue.first)
    if cue.first <= last or len(between) > _NEXT:
        return False
    if message.words[cue.first].sentence - message.words[last].sentence > 1:
        return False
    treatments = {
        at
        for span in message.doc.spans["phrases"]
        if span.label_.partition(":")[0] == "treatment"
        for at in range(span.start, span.end)
    }
    return treatments.isdisjoint(between)
