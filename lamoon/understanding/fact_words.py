"""Word overlap of facts and messages: what the embedding loses, a "snag" or a "percentage".

The embedding is tuned to distinguish topics and blurs rare words that only one fact of a topic has. Here each content
word of a message counts for the facts that have it, in their example questions or their text; the fewer facts have it,
the more it counts.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from lamoon.understanding.followups import content_words

BEGINNING = 6
"""Length of the prefix by which words are equal: "compare" and "comparison"."""

FEWEST = 2
"""Minimum weight of a message in rare words: "tell me about the other one" shares all of its one word."""


class FactWords:
    """The words of all facts and overviews."""

    def __init__(self, texts: Mapping[str, Iterable[str]]) -> None:
        """Take the text and the questions of each entry."""
        self._entries: dict[str, dict[str, float]] = defaultdict(dict)
        for entry, entry_texts in texts.items():
            for word, times in Counter(word for text in entry_texts for word in _words(text)).items():
                self._entries[word][entry] = times / (times + 1)
        self._new = math.log(1 + len(texts))
        self._weights = {word: math.log(1 + len(texts) / len(found)) for word, found in self._entries.items()}

    def shared(self, message: str) -> dict[str, float]:
        """Return the share of a message's words, 0 to 1, that each entry has; entries without any are left out."""
        words = _words(message)
        whole = max(sum(self._weights.get(word, self._new) for word in words), FEWEST * self._new)
        found: dict[str, float] = defaultdict(float)
        for word in words:
            for entry, often in self._entries.get(word, {}).items():
                found[entry] += self._weights[word] / whole * often
        return found


def _words(text: str) -> set[str]:
    return {word[:BEGINNING] for word in content_words(text)}
