"""Ruled-out suspicions: a condition that was feared or tested for, with a negative result."""

from __future__ import annotations

from typing import Final

from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage

REACH: Final = 30  # words from the mention to its result
_SENTENCES: Final = 2
_BEFORE: Final = 3
_BETWEEN: Final = frozenset(
    "a an the any some i we he she it was is might may could be been had have has about of for".split()
)
_ONGOING: Final = frozenset("being getting be still am".split())
# Includes the nouns of "no sign of it".
_AFTER_SUSPICION: Final = frozenset(
    ["", *", . ! ) and so but thankfully luckily one that broken sign signs evidence trace".split()]
)


def is_ruled_out(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether the mention is a suspicion that was ruled out."""
    # "Not ruled out", "waiting for the result", "but the second scan found one".
    if _follows(message, "found_after_all", last):
        return False
    tested = _stands_beside(message, "tested", first, last)
    if tested and _follows(message, "found_nothing", last):
        return True
    return (tested or _stands_beside(message, "feared", first, last)) and _follows(message, "disproved", last)


def _stands_beside(message: ScreenedMessage, label: str, first: int, last: int) -> bool:
    for match in message.in_sentence(label, first):
        if message.norm(match.first - 1) in _ONGOING:
            continue
        if match.first == match.last == last + 1 or match.first <= first <= match.last <= first + 1:
            return True
        between = range(match.last + 1, first)
        if match.last < first and len(between) <= _BEFORE and all(message.norm(at) in _BETWEEN for at in between):
            return True
    return False


def _follows(message: ScreenedMessage, label: str, last: int) -> bool:
    sentence = message.words[last].sentence
    return any(
        last < match.first <= last + REACH
        and message.words[match.first].sentence - sentence <= _SENTENCES
        and not _goes_on(message, match)
        for match in message.all(label)
    )


def _goes_on(message: ScreenedMessage, match: Match) -> bool:
    """Return whether the phrase continues, so that it is not a result: "it was not going down", "negative for
    covid".
    """
    if message.norm(match.last) == "negative":
        return message.norm(match.last + 1) == "for"
    if message.norm(match.last) not in ("not", "no"):
        return False
    return match.last + 1 not in message.mentions and message.norm(match.last + 1) not in _AFTER_SUSPICION
