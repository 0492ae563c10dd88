"""Spelling repair towards two lists of words: the domain's for the classifier, the catalogue's for the screening.

Both find candidates in a `SpellingIndex`, and both change unknown words only: a wrong repair
("shouldnt" to "should") costs more than a missed one. Known words come from symspellpy's frequency list (MIT licence).
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from rapidfuzz.distance import OSA

from lamoon.text.shorthand import expand_chat

KNOWN_WORDS = Path(__file__).with_name("known_words.txt")
MIN_LENGTH: Final = 4


@lru_cache(maxsize=1)
def read_known_words() -> tuple[str, ...]:
    """Return the frequent English words in the file next to this one (lines starting with # are comments)."""
    lines = KNOWN_WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


class SpellingIndex:
    """Find the words within one or two edits of another one, by the letters left out (the method of SymSpell).

    A word and its misspelling have a form in common once letters are deleted from both. Each form is one number, its
    hash above the index of its word, in one of many short sorted arrays: a fifth of a dictionary's memory. If two forms
    share a hash, the distance distinguishes their words.
    """

    TWO_EDITS: Final = 6  # minimum length of words with forms without two letters
    _PLACE_BITS: Final = 20
    _HASH: Final = -1 << _PLACE_BITS
    _BUCKETS: Final = 1021

    def __init__(self, words: Iterable[str], longest_for_two: int = 99) -> None:
        """Index `words`, each once.

        Args:
            words: at most a million, of any length.
            longest_for_two: longer words have forms without one letter only; two edits of them are found only in part.
        """
        self._words = tuple(dict.fromkeys(words))
        self._longest = max(map(len, self._words), default=0)
        self._longest_for_two = longest_for_two
        self._buckets = [array("q") for _ in range(self._BUCKETS)]
        for place, word in enumerate(self._words):
            for form in self._forms(word, 2):
                hashed = hash(form)
                self._buckets[hashed % self._BUCKETS].append(hashed & self._HASH | place)
        self._buckets = [array("q", sorted(bucket)) for bucket in self._buckets]

    def near(self, word: str, edits: int) -> Iterator[tuple[int, str]]:
        """Yield the words at most `edits` (1 or 2) away from `word`, each with its distance, in no particular order.

        Deleted, added, replaced and swapped neighbouring letters are an edit each. Two edits are allowed from a length
        of `TWO_EDITS` on.
        """
        if len(word) > self._longest + edits:
            return
        for place in {place for form in self._forms(word, edits) for place in self._places(hash(form))}:
            distance = OSA.distance(word, self._words[place], score_cutoff=edits)
            if distance <= edits:
                yield distance, self._words[place]

    def _places(self, hashed: int) -> Iterator[int]:
        """Yield the indexes of the words that have a form with this hash."""
        bucket, first = self._buckets[hashed % self._BUCKETS], hashed & self._HASH
        for at in range(bisect_left(bucket, first), len(bucket)):
            if bucket[at] & self._HASH != first:
                break
            yield bucket[at] & ~self._HASH

    def _forms(self, word: str, deletions: int) -> Iterator[str]:
        """Yield `word` itself, without any one letter and, if it is long enough, without any two."""
        yield word
        twice = deletions == 2 and self.TWO_EDITS <= len(word) <= self._longest_for_two
        for i in range(len(word)):
            shorter = word[:i] + word[i + 1 :]
            yield shorter
            if twice:
                for j in range(i, len(shorter)):
                    yield shorter[:j] + shorter[j + 1 :]


def _same_start(word: str, meant: str) -> bool:
    """Return whether the first letter is right, or swapped with the second: requiring it avoids most false repairs."""
    return word[0] == meant[0] or word[1::-1] == meant[:2]


# Repair for the screening.


class CatalogueSpelling:
    """Replace a misspelt word by the most likely word of the screening's catalogue."""

    MAX_LENGTH: Final = 20
    SHORT_WORD: Final = 6  # below this length, replaced letters lead to everyday words only
    LONG_WORD: Final = 7  # from this length two edits are repaired, below it one
    LONGEST_FOR_TWO: Final = 14

    def __init__(
        self,
        targets: Iterable[str],
        known: Iterable[str],
        fixed: Mapping[str, str],
        common: Iterable[str] | None = None,
    ) -> None:
        """Build the index.

        Args:
            targets: targets of a repair, in order of preference.
            known: further correct words.
            fixed: repairs beyond any edit distance, wrong word to right words.
            common: the targets for a short word with a replaced letter; None for any.
        """
        self._fixed = dict(fixed)
        self._ranks = {word: rank for rank, word in enumerate(dict.fromkeys(targets))}
        self._known = frozenset(known)
        self._common = None if common is None else frozenset(common)
        self._index = SpellingIndex(filter(self._has_length, self._ranks), self.LONGEST_FOR_TWO)

    def repair(self, word: str, name: bool = False) -> str:
        """Return the word or words that repair `word` (lower case); `word` itself if it is known or nothing fits.

        Args:
            word: a word of a message.
            name: whether it begins with a capital inside a sentence; only a close and long match then counts.
        """
        if word in self._fixed and not name:
            return self._fixed[word]
        if word in self._ranks or word in self._known or not self._has_length(word):
            return word
        return self._nearest(word, name) or (None if name else self._split(word)) or word

    def _has_length(self, word: str) -> bool:
        return MIN_LENGTH <= len(word) <= self.MAX_LENGTH

    def _nearest(self, word: str, name: bool) -> str | None:
        if name and len(word) < self.LONG_WORD:
            return None
        found = self._index.near(word, 2 if len(word) >= self.LONG_WORD and not name else 1)
        scored = [
            (distance, _is_other_slip(word, meant), word[-1] != meant[-1], self._ranks[meant], meant)
            for distance, meant in found
            if self._fits(word, meant, distance)
        ]
        return min(scored)[-1] if scored else None

    def _fits(self, word: str, meant: str, distance: int) -> bool:
        """Return whether a candidate is plausible. Typists rarely miss the first letter, except in long words. A short
        word ("bruh", "mois") with a replaced letter is too little evidence for a rare or foreign one ("Bruch", "Mohs").
        """
        if len(word) < self.SHORT_WORD and self._common is not None and meant not in self._common:
            return meant.startswith(word) or not _is_other_slip(word, meant)
        is_long = len(meant) >= self.LONG_WORD
        return (_same_start(word, meant) or (is_long and distance <= 1)) and (is_long or distance <= 1)

    def _split(self, word: str) -> str | None:
        """Split two words typed as one: "bloodclot", "ihave"."""
        for at in range(1, len(word) - 2):
            left, right = word[:at], word[at:]
            if (at >= 3 or left in ("i", "a", "my")) and left in self._ranks and right in self._ranks:
                return f"{left} {right}"
        return None


def _is_other_slip(word: str, meant: str) -> bool:
    """Return whether more happened than swapped or doubled letters, the commonest slips."""
    return sorted(word) != sorted(meant) and _undouble(word) != _undouble(meant)


def _undouble(word: str) -> str:
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


# Repair of the classifier's text.

_WORD = re.compile(r"[A-Za-z']+")
MIDDLING_WORD, LONG_WORD = 6, 8
FAR_MORE: Final = 10
COST_WEIGHT, COUNT_WEIGHT = 4.0, 0.35  # weight of a slip's cost against the logarithm of a word's count
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "est", "ly", "ish", "ier", "iest", "able", "ness", "less")


class DomainSpelling:
    """Replace the misspelt words of a text by the most likely domain words.

    Words of under four letters, words with capitals inside, and every known word, also with another ending, are left alone.
    """

    def __init__(self, domain_words: Mapping[str, int], known_words: Iterable[str]) -> None:
        """Build the index.

        Args:
            domain_words: lower-case targets of a repair, and how often each is used.
            known_words: lower-case words that are never changed, in addition to the domain words.
        """
        self._counts = {_plain(word): count for word, count in domain_words.items()}
        self._spelled = {_plain(word): word for word in domain_words}
        self._known = set(map(_plain, known_words))
        self._targets = {word for word in self._counts if len(word) >= MIN_LENGTH}
        self._index = SpellingIndex(sorted(self._targets))
        self._targets -= {word for word in self._targets if self._is_misspelt(word)}
        self._known.update(self._targets)
        self._repair_word = lru_cache(maxsize=10_000)(self._find)

    def repair(self, text: str) -> str:
        """Return `text` with its shorthand written out and its misspelt words repaired."""
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
        """Return whether a word of the training phrases is itself a slip of a far more frequent one."""
        if len(word) < MIDDLING_WORD or "'" in self._spelled[word] or not self._known.isdisjoint(_stems(word)):
            return False
        return any(self._counts[meant] >= FAR_MORE * self._counts[word] for _, meant in self._near(word))

    def _near(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield the repair candidates of `word`, each with its score; the lowest is the most likely."""
        for _, meant in self._index.near(word, 2 if len(word) >= MIDDLING_WORD else 1):
            if meant in self._targets and _same_start(word, meant) and (cost := slip_cost(word, meant)) <= _most(word):
                yield COST_WEIGHT * cost - COUNT_WEIGHT * math.log(self._counts[meant]), meant


def _plain(word: str) -> str:
    return word.replace("'", "")


def _most(word: str) -> float:
    """Return the maximum cost of a repair of `word`."""
    return 2.0 if len(word) >= LONG_WORD else 1.5 if len(word) >= MIDDLING_WORD else 1.0


def _stems(word: str) -> Iterator[str]:
    """Yield the word and its possible stems: "rolled" gives "roll", "hopped" gives "hop", "aching" gives "ache"."""
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
    """Return the lower-case words in at least `min_count` of `texts`, shorthand expanded, with their counts."""
    counts = Counter(word for text in texts for word in set(_WORD.findall(expand_chat(text).lower())))
    return {word: count for word, count in sorted(counts.items()) if count >= min_count}


# Cost of typing slips.

OTHER: Final = 1.0
SWAPPED = VOWEL_FOR_VOWEL = 0.7
DOUBLED = 0.6
NEIGHBOURING_KEY = VOWEL_LEFT_OUT = 0.8
_VOWELS: Final = frozenset("aeiouy")
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    """Return the letters around each key; a keyboard row is shifted half a key to the right of the row above."""
    places = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}
    around = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))
    letters = {place: letter for letter, place in places.items()}
    return {
        letter: "".join(letters.get((row + down, column + right), "") for down, right in around)
        for letter, (row, column) in places.items()
    }


_NEIGHBOURS: Final = _neighbours()


def slip_cost(written: str, meant: str) -> float:
    """Return the cost of reading `written` as `meant`; lower-case words, 0 for the same word."""
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
