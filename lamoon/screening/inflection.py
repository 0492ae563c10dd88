"""The forms of a word: "swell", "swells", "swelling", "swelled", "swollen".

Regular forms follow the rules of English spelling, irregular ones are listed. Where a rule is unsure, both forms are made
("vomited" and "vomitted"), since visitors write both. A dictionary of forms (lemminflect) takes 2.4 s and 108 MB at start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SIBILANT: Final = re.compile(r"(s|x|z|ch|sh)$")
_Y: Final = re.compile(r"[^aeiou]y$")
_DOUBLES: Final = re.compile(r"[^aeiou](?:u?[aeiou])[^aeiouwxy]$")


class Inflection:
    """Forms of words, irregular ones included."""

    def __init__(self, irregular: Iterable[str] = ()) -> None:
        """Take `irregular` forms, each a word followed by its forms: "swell swollen", "foot feet"."""
        self._irregular = {words[0]: words[1:] for words in map(str.split, irregular)}

    def forms(self, word: str) -> frozenset[str]:
        """Return the word with all endings of a noun or verb, irregular forms included."""
        return self.numbers(word) | _verb_forms(word)

    def numbers(self, word: str) -> frozenset[str]:
        """Return the word and its plural."""
        return frozenset((word, _plural(word), *self._irregular.get(word, ())))


def _plural(word: str) -> str:
    if _Y.search(word):
        return f"{word[:-1]}ies"
    return f"{word}es" if _SIBILANT.search(word) else f"{word}s"


def _verb_forms(word: str) -> set[str]:
    if word.endswith("ie"):
        return {f"{word}d", f"{word[:-2]}ying"}
    if word.endswith("e"):
        return {f"{word}d", f"{word[:-1]}ing", f"{word}ing"}
    if _Y.search(word):
        return {f"{word[:-1]}ied", f"{word}ing"}
    stems = [word, word + word[-1]] if _DOUBLES.search(word) else [word]
    return {stem + ending for stem in stems for ending in ("ed", "ing")}
