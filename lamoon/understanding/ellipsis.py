"""Which words carry a message, and which only lean on what was said before."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9']+")
_FUNCTION_WORDS = frozenset(
    """a all an and any anybody anyone are aren't as at be been but by can can't cant come could did do does doesn't
    don't dont either else even ever everyone exactly for from get go had has have he he's her him how how's i i'd
    i'm i've if im in into is isn't it it's its ive just like long many may me mean might more most much my no
    normal not of off often ok okay on one ones only or other others out possible really same say she she's should
    so some soon still tell than that that's the their them then there there's these they they're thing this those
    time to too true up us very was way we well were what what's when where where's which who who's whom whose why
    will with work would yes you your""".split()
)
_POINTERS = frozenset("it its that this they them those these he she him her one ones".split())


def words(text: str) -> list[str]:
    """The words of `text` in lower case."""
    return _WORD.findall(text.lower())


def content_words(text: str) -> list[str]:
    """The words that carry a meaning of their own: none in "and how often?"."""
    return [word for word in words(text) if word not in _FUNCTION_WORDS]


def points_back(text: str) -> bool:
    """Whether a word stands for something said before: "is that safe?"."""
    return not _POINTERS.isdisjoint(words(text))
