"""Cautious spelling repair: only unknown words, only towards words that the training data uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[A-Za-z']+")
KNOWN_WORDS = Path(__file__).with_name("known_words.txt")
MIN_LENGTH = 4
LONG_WORD = 8


class SpellingRepair:
    """Replaces misspelt words by the domain word they were meant to be.

    Words of under four letters, words with capitals inside, and every known word are left alone: a wrong repair
    ("shouldnt" to "should") costs more than a missed one.
    """

    def __init__(self, domain_words: Iterable[str], known_words: Iterable[str]) -> None:
        """Prepares the lists.

        Args:
            domain_words: lower-case words that may be the result of a repair.
            known_words: lower-case words that are never changed, in addition to the domain words.
        """
        self.domain_words = sorted({w for w in domain_words if len(w) >= MIN_LENGTH})
        self._known = {w.replace("'", "") for w in (*known_words, *self.domain_words)}
        self._repair_word = lru_cache(maxsize=10_000)(self._find)

    def repair(self, text: str) -> str:
        """Returns `text` with its misspelt words repaired."""
        return _WORD.sub(self._replace, text)

    def _replace(self, match: re.Match[str]) -> str:
        word = match.group()
        plain = word.replace("'", "").lower()
        if len(plain) < MIN_LENGTH or word[1:] != word[1:].lower() or plain in self._known:
            return word
        return self._repair_word(plain) or word

    def _find(self, word: str) -> str | None:
        distance = 2 if len(word) >= LONG_WORD else 1
        found = process.extractOne(word, self.domain_words, scorer=OSA.distance, score_cutoff=distance)
        # The first letter is almost always typed right; insisting on it avoids most false repairs.
        return str(found[0]) if found and found[0][0] == word[0] else None


def read_known_words() -> list[str]:
    """The frequent English words that lie beside this file (lines starting with # are comments)."""
    lines = KNOWN_WORDS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
