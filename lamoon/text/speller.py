"""Repairs misspelt words towards the words of the catalogue, and only unknown words: a real word is never changed.

Candidates come from an index of deletions (the method of SymSpell), so that a message of a thousand unknown words is
still repaired in milliseconds; rapidfuzz measures the distance. Everyday words that the message may contain are those
of `lamoon.understanding` (from symspellpy's frequency list, MIT licence).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rapidfuzz.distance import OSA

MIN_LENGTH: Final = 4
MAX_LENGTH: Final = 20
TWO_DELETIONS: Final = 14
LONG_WORD: Final = 7  # from here two edits are repaired, below one


class Speller:
    """Knows the words of the catalogue and the everyday words."""

    def __init__(self, targets: Iterable[str], known: Iterable[str], fixed: Mapping[str, str]) -> None:
        """Build the index.

        Args:
            targets: words that a repair may lead to, the most wanted first.
            known: further words that are right as they are.
            fixed: repairs that no distance would find, wrong word to right words.
        """
        self._fixed = dict(fixed)
        self._targets = {word: rank for rank, word in enumerate(dict.fromkeys(targets))}
        self._known = frozenset(known)
        # By the hash of a form, which is half its size; where two share one, the distance tells their words apart.
        self._index: dict[int, str | tuple[str, ...]] = {}
        for word in self._targets:
            if MIN_LENGTH <= len(word) <= MAX_LENGTH:
                for form in _deletions(word):
                    self._add(form, word)

    def repair(self, word: str, name: bool = False) -> str:
        """The word or words that `word` (lower case) was meant to be; itself when it is known or nothing fits.

        Args:
            word: a word of a message.
            name: it begins with a capital inside a sentence, so only a close and long match counts.
        """
        if word in self._fixed and not name:
            return self._fixed[word]
        if word in self._targets or word in self._known or not MIN_LENGTH <= len(word) <= MAX_LENGTH:
            return word
        return self._nearest(word, name) or (None if name else self._split(word)) or word

    def _add(self, form: str, word: str) -> None:
        """Most forms have one word: a list for each would double the memory."""
        known = self._words_of(form)
        if word not in known:
            self._index[hash(form)] = (*known, word) if known else word

    def _words_of(self, form: str) -> tuple[str, ...]:
        known = self._index.get(hash(form), ())
        return (known,) if isinstance(known, str) else known

    def _nearest(self, word: str, name: bool) -> str | None:
        reach = 2 if len(word) >= LONG_WORD and not name else 1
        if name and len(word) < LONG_WORD:
            return None
        candidates = {target for form in _deletions(word) for target in self._words_of(form)}
        best: tuple[int, int, int, int, str] | None = None
        for target in candidates:
            distance = OSA.distance(word, target, score_cutoff=reach)
            if distance > reach or (distance == 2 and len(target) < LONG_WORD) or not _same_start(word, target):
                continue
            unlike = int(sorted(word) != sorted(target) and _once(word) != _once(target))
            found = (distance, unlike, int(word[-1] != target[-1]), self._targets[target], target)
            best = found if best is None else min(best, found)
        return best[4] if best else None

    def _split(self, word: str) -> str | None:
        """Two words typed as one: "bloodclot", "ihave"."""
        for at in range(1, len(word) - 2):
            left, right = word[:at], word[at:]
            if (
                (at >= 3 or left in ("i", "a", "my"))
                and left in self._targets
                and right in self._targets
                and len(right) > 2
            ):
                return f"{left} {right}"
        return None


def _once(word: str) -> str:
    """Doubled letters written once: the commonest slip."""
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def _same_start(word: str, target: str) -> bool:
    """Typists rarely miss the first letter; long words may even do that."""
    if word[0] == target[0]:
        return True
    swapped = word[0] == target[1] and word[1] == target[0]
    return swapped or (len(target) >= LONG_WORD and OSA.distance(word, target, score_cutoff=1) <= 1)


def _deletions(word: str) -> Iterator[str]:
    """`word`, and `word` without any one letter; words of a middle length also without any two."""
    yield word
    twice = LONG_WORD - 1 <= len(word) <= TWO_DELETIONS
    for i in range(len(word)):
        shorter = word[:i] + word[i + 1 :]
        yield shorter
        if twice:
            for j in range(i, len(shorter)):
                yield shorter[:j] + shorter[j + 1 :]
