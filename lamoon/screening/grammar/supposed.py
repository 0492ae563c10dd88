"""Modality: a mention that is hypothetical, feared for the future, or from a film or form gets no personal warning."""

from __future__ import annotations

from typing import Final

from lamoon.screening.grammar.someone_else import OWN, on_own_body
from lamoon.screening.message import ScreenedMessage

AT_LARGE: Final = frozenset(
    "someone somebody anyone anybody person persons client clients patient people folk folks customer customers".split()
)
_BEFORE_SUPPOSING: Final = frozenset("so and but or ok okay well now then just please us hi hello if".split())
_PRESENT: Final = (("right", "now"), ("at", "the"), ("currently",), ("today",))
_REASONS: Final = frozenset("because cos cuz cause since as".split())  # "can't get a rub cos he broke his hand"


def is_supposed(message: ScreenedMessage, first: int, last: int, people: bool = False) -> bool:
    """Return whether a mention is hypothetical: "What if I get a clot", "worried about catching shingles", "a film
    about cancer".

    Args:
        message: the words and all cues found in them.
        first: index of the first word of the mention.
        last: index of its last word.
        people: for emergencies: whether only suppositions about people in general count.
    """
    start, end = message.bounds(first)
    if people:
        named = {message.norm(at) for at in range(start, end + 1)}
        return (
            bool(named & AT_LARGE)
            and not named & OWN
            and any(m.first <= last for m in message.in_sentence("supposed", first))
        )
    for match in message.in_sentence("supposed", first):
        if _is_reported(message, match.first) or match.first in message.covered("not_a_negation"):
            continue
        if match.first <= last and not _happens_now(message, start, end) and not _owned(message, match.last + 1, last):
            return True
    return any(
        match.last < first or match.first <= first <= match.last
        for match in message.in_sentence("not_mine", first)
        if match.first not in message.covered("not_a_negation")
        and first - match.last <= 4
        and not any(message.norm(at) in _REASONS for at in range(match.last + 1, first))
        and not _owned(message, match.first, last)
        and not on_own_body(message, last)
    )


def _is_reported(message: ScreenedMessage, at: int) -> bool:
    """Return whether a cue only reports: the "say" of "the doctor he say I have ..." is not a supposition, which begins its
    clause: "ok, say I had one".
    """
    begins = at == 0 or message.words[at - 1].is_mark or message.norm(at - 1) in _BEFORE_SUPPOSING
    return message.norm(at) == "say" and not begins


def _owned(message: ScreenedMessage, after: int, last: int) -> bool:
    return any(message.norm(at) in ("my", "our") for at in range(after, last + 1))


def _happens_now(message: ScreenedMessage, start: int, end: int) -> bool:
    norms = [message.norm(at) for at in range(start, end + 1)]
    return any(tuple(norms[i : i + len(words)]) == words for i in range(len(norms)) for words in _PRESENT)
