"""Which facts share words with a message: what its embedding loses, a "snag" or a "percentage".

The embedding is tuned to tell topics apart and blurs the rare word that only one fact of a topic has. Here each word of a
message that is no function word counts for the facts that have it, in their example questions or their text, the more the
fewer facts have it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from lamoon.understanding.followups import content_words

BEGINNING = 6
"""Letters by which words are the same: "compare" and "comparison"."""

FEWEST = 2
"""Rare words that a message counts for at least: "tell me about the other one" shares all of its one word."""


class FactWords:
    """The words of all facts and overviews."""

    def __init__(self, texts: Mapping[str, Iterable[str]]) -> None:
        """`texts` are what each entry says and is asked by."""
        self._entries: dict[str, dict[str, float]] = defaultdict(dict)
        for entry, said in texts.items():
            for word, times in Counter(word for text in said for word in _words(text)).items():
                self._entries[word][entry] = times / (times + 1)
        self._new = math.log(1 + len(texts))
        self._weights = {word: math.log(1 + len(texts) / len(found)) for word, found in self._entries.items()}

    def shared(self, message: str) -> dict[str, float]:
        """The share of a message's words, 0 to 1, that each entry has; those without any are left out."""
        words = _words(message)
        whole = max(sum(self._weights.get(word, self._new) for word in words), FEWEST * self._new)
        found: dict[str, float] = defaultdict(float)
        for word in words:
            for entry, often in self._entries.get(word, {}).items():
                found[entry] += self._weights[word] / whole * often
        return found


def _words(text: str) -> set[str]:
    return {word[:BEGINNING] for word in content_words(text)}
