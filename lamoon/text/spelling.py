"""Cautious spelling repair: shorthand is written out, and unknown words become words that the training data uses."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from lamoon.text.shorthand import expand_chat

OTHER: Final = 1.0
SWAPPED = VOWEL_FOR_VOWEL = 0.7
DOUBLED = 0.6
NEIGHBOURING_KEY = VOWEL_LEFT_OUT = 0.8
_VOWELS: Final = frozenset("aeiouy")
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    """The letters around each key; a row of the keyboard stands half a key to the right of the row above."""
    places = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}
    around = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))
    letters = {place: letter for letter, place in places.items()}
    return {
        letter: "".join(letters.get((row + down, column + right), "") for down, right in around)
        for letter, (row, column) in places.items()
    }


_NEIGHBOURS: Final = _neighbours()


def slip_cost(written: str, meant: str) -> float:
    """What it costs to read `meant` where `written` stands; lower-case words, 0 for the same word."""
    before: list[float] = []
    above = [0.0]
    for at in range(len(meant)):
        above.append(above[at] + _left_out(meant, at))
    for i, letter in enumerate(written):
        row = [above[0] + _too_much(written, i)]
        for j, right in enumerate(meant):
            cost = min(
                above[j] + _replaced(letter, right),
                above[j + 1] + _too_much(written, i),
                row[j] + _left_out(meant, j),
            )
            if i and j and letter == meant[j - 1] != right == written[i - 1]:
                cost = min(cost, before[j - 1] + SWAPPED)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _replaced(letter: str, right: str) -> float:
    if letter == right:
        return 0.0
    if letter in _VOWELS and right in _VOWELS:
        return VOWEL_FOR_VOWEL
    return NEIGHBOURING_KEY if letter in _NEIGHBOURS.get(right, "") else OTHER


def _too_much(written: str, at: int) -> float:
    return DOUBLED if written[at] in _around(written, at) else OTHER


def _left_out(meant: str, at: int) -> float:
    if meant[at] in _around(meant, at):
        return DOUBLED
    return VOWEL_LEFT_OUT if meant[at] in _VOWELS else OTHER


def _around(word: str, at: int) -> str:
    return word[max(at - 1, 0) : at] + word[at + 1 : at + 2]


_WORD = re.compile(r"[A-Za-z']+")
KNOWN_WORDS = Path(__file__).with_name("known_words.txt")
MIN_LENGTH = 4
MIDDLING_WORD, LONG_WORD = 6, 8
NEAREST: Final = 40
FAR_MORE: Final = 10
COST_WEIGHT, COUNT_WEIGHT = 4.0, 0.35  # how a slip's cost weighs against the logarithm of a word's count
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "est", "ly", "ish", "ier", "iest", "able", "ness", "less")


class SpellingRepair:
    """Replaces misspelt words by the domain word that they most likely were meant to be.

    Words of under four letters, words with capitals inside, and every known word, also with another ending, are left
    alone: a wrong repair ("shouldnt" to "should") costs more than a missed one.
    """

    def __init__(self, domain_words: Mapping[str, int], known_words: Iterable[str]) -> None:
        """Prepares the lists.

        Args:
            domain_words: lower-case words that may be the result of a repair, and how often each is used.
            known_words: lower-case words that are never changed, in addition to the domain words.
        """
        self._counts = {_plain(word): count for word, count in domain_words.items()}
        self._spelled = {_plain(word): word for word in domain_words}
        self._known = set(map(_plain, known_words))
        self._targets = sorted(word for word in self._counts if len(word) >= MIN_LENGTH)
        self._targets = [word for word in self._targets if not self._is_misspelt(word)]
        self._known.update(self._targets)
        self._repair_word = lru_cache(maxsize=10_000)(self._find)

    def repair(self, text: str) -> str:
        """Returns `text` with its shorthand written out and its misspelt words repaired."""
        return _WORD.sub(self._replace, expand_chat(text))

    def _replace(self, match: re.Match[str]) -> str:
        word = match.group()
        plain = _plain(word.lower())
        if len(plain) < MIN_LENGTH or word[1:] != word[1:].lower():
            return word
        return self._repair_word(plain) or word

    def _find(self, word: str) -> str | None:
        if not self._known.isdisjoint(_stems(word)):
            return None
        best = min(self._near(word), default=None)
        return self._spelled[best[1]] if best else None

    def _is_misspelt(self, word: str) -> bool:
        """Whether a word of the training phrases is a slip of a far more frequent one: they are written as people write."""
        if len(word) < MIDDLING_WORD or "'" in self._spelled[word] or not self._known.isdisjoint(_stems(word)):
            return False
        return any(self._counts[meant] >= FAR_MORE * self._counts[word] for _, meant in self._near(word))

    def _near(self, word: str) -> Iterator[tuple[float, str]]:
        """What `word` may have been meant to be, each with its score; the lowest is the likeliest."""
        edits = 2 if len(word) >= MIDDLING_WORD else 1
        for meant, _, _ in process.extract(word, self._targets, scorer=OSA.distance, score_cutoff=edits, limit=NEAREST):
            # The first letter is almost always typed right, or second; insisting on it avoids most false repairs.
            alike = meant[0] == word[0] or meant[:2] == word[1::-1]
            if alike and (cost := slip_cost(word, meant)) <= _most(word):
                yield COST_WEIGHT * cost - COUNT_WEIGHT * math.log(self._counts[meant]), meant


def _plain(word: str) -> str:
    return word.replace("'", "")


def _most(word: str) -> float:
    """What a repair of `word` may cost."""
    return 2.0 if len(word) >= LONG_WORD else 1.5 if len(word) >= MIDDLING_WORD else 1.0


def _stems(word: str) -> Iterator[str]:
    """The word, and what it may be without its ending: "rolled" is "roll", "hopped" is "hop", "aching" is "ache"."""
    yield word
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= MIN_LENGTH - 1:
            yield from (s for s in (stem, f"{stem}e", _undoubled(stem), _with_y(stem)) if len(s) >= MIN_LENGTH)


def _undoubled(stem: str) -> str:
    return stem[:-1] if stem[-1] == stem[-2] else stem


def _with_y(stem: str) -> str:
    return f"{stem[:-1]}y" if stem[-1] == "i" else stem


def frequent_words(texts: Iterable[str], min_count: int) -> dict[str, int]:
    """The lower-case words that stand in at least `min_count` of `texts`, shorthand written out, with their counts."""
    counts = Counter(word for text in texts for word in set(_WORD.findall(expand_chat(text).lower())))
    return {word: count for word, count in sorted(counts.items()) if count >= min_count}


def read_known_words() -> list[str]:
    """The frequent English words that lie beside this file (lines starting with # are comments)."""
    lines = KNOWN_WORDS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
