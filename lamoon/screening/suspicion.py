"""Whether an illness was only suspected and then not found: "tested for DVT last month and it was negative".

Two parts have to be there: the mention is what somebody tested for or feared, and a result that takes it back follows.
An illness told as a fact is never taken back so: who "had a clot in 2009, all clear since" has had one.
"""

from __future__ import annotations

from typing import Final

from lamoon.screening.message import Message

REACH: Final = 30  # words from the mention to its result
_SENTENCES: Final = 2
_BEFORE: Final = 3
_BETWEEN: Final = frozenset("a an the any some i we he she it was is might may could be been had have has about of for".split())


def is_ruled_out(message: Message, first: int, last: int) -> bool:
    """Whether the mention from word `first` to word `last` is a suspicion that came to nothing."""
    if not _is_suspicion(message, first, last):
        return False
    sentence = message.words[last].sentence
    after = [
        match
        for label in ("found_nothing", "found_after_all")
        for match in message.all(label)
        if last < match.first <= last + REACH and message.words[match.first].sentence - sentence <= _SENTENCES
    ]
    # "Not ruled out", "waiting for the result", "but the second scan found one".
    return bool(after) and all(match.label == "found_nothing" for match in after)


def _is_suspicion(message: Message, first: int, last: int) -> bool:
    for match in message.in_sentence("suspected", first):
        if match.first in (last + 1, last + 2) or match.first <= first <= match.last:
            return True
        between = range(match.last + 1, first)
        if match.last < first and len(between) <= _BEFORE and all(message.norm(at) in _BETWEEN for at in between):
            return True
    return False
