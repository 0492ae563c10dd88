"""Take the words of a deleted message out of everything that quotes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lamoon.text.clean import clean

REDACTED: Final = "[deleted]"
"""The replacement for removed words."""
SHORTEST_RUN: Final = 5
"""Number of consecutive words that count as a quote of a longer message."""
SHORTEST_WORD: Final = 6
"""Minimum letters of a one-word message; a shorter one ("yes") is not searched for in other texts."""
_WORD: Final = re.compile(r"\w+")
_QUOTED: Final = frozenset(("words", "text", "notes", "health_words", "health_details", "message", "said"))
"""Names of fields that hold words of visitors: a part of the message in them is a quote, however short."""
_KEPT: Final = frozenset(("kind", "intent", "id", "name", "contact", "email", "phone", "utter_action", "template_name"))


class Redaction:
    """Take the words of `message` out."""

    def __init__(self, message: str) -> None:
        self._words = [word.casefold() for word in _WORD.findall(clean(message))]
        self._runs = self._made_of(SHORTEST_RUN)

    def text(self, text: str) -> str:
        """Return a text without quotes of the message: all of it, or five or more of its words in a row."""
        found = list(_WORD.finditer(text))
        words = [match[0].casefold() for match in found]
        kept, at, index = "", 0, 0
        while index < len(words):
            length = self._quoted(words, index)
            if length:
                kept += text[at : found[index].start()] + REDACTED
                at = found[index + length - 1].end()
            index += length or 1
        return kept + text[at:]

    def field(self, text: str) -> str:
        """Return the value of a field for a visitor's words, removed as a whole if the message contains it."""
        words = [word.casefold() for word in _WORD.findall(text)]
        inside = " ".join(("", *words, "")) in " ".join(("", *self._words, ""))
        return REDACTED if words and inside else self.text(text)

    def tree(self, value: Any, name: str = "") -> Any:
        """Return a JSON value without the quotes in it; `name` is the field that holds it."""
        if isinstance(value, str):
            return self.field(value) if name in _QUOTED else value if name in _KEPT else self.text(value)
        if isinstance(value, Mapping):
            return {key: self.tree(part, str(key)) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(part, name) for part in value]
        return value

    def _made_of(self, length: int) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(self._words[at : at + length]) for at in range(len(self._words) - length + 1))

    def _quoted(self, words: list[str], at: int) -> int:
        """Return how many words from `at` on are a quote, or 0."""
        whole = len(self._words)
        telling = whole > 1 or (whole == 1 and len(self._words[0]) >= SHORTEST_WORD)
        if telling and words[at : at + whole] == self._words:
            return whole
        if tuple(words[at : at + SHORTEST_RUN]) not in self._runs:
            return 0
        end = at + SHORTEST_RUN
        while end < len(words) and tuple(words[end - SHORTEST_RUN + 1 : end + 1]) in self._runs:
            end += 1
        return end - at
