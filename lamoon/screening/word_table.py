"""Values by the keys that patterns use for words: whole words, beginnings, capitals, numbers."""

from __future__ import annotations

from typing import Generic, TypeVar

from lamoon.screening.text import Word, number_value

V = TypeVar("V")


class WordTable(Generic[V]):
    """What each word means, for the keys of `patterns.Element`: `word`, `word*`, `^word`, `#`, `#120`."""

    def __init__(self, values: dict[str, V]) -> None:
        """Sort the keys by their kind."""
        self.words: dict[str, V] = {}
        self.prefixes: dict[str, V] = {}
        self.capitals: dict[str, V] = {}
        self._numbers: list[tuple[float, V]] = []
        for key, value in values.items():
            if key.startswith("#"):
                self._numbers.append((float(key[1:] or "-inf"), value))
            elif key.startswith("^"):
                self.capitals[key[1:]] = value
            elif key.endswith("*"):
                self.prefixes[key[:-1]] = value
            else:
                self.words[key] = value
        self._lengths = sorted({len(prefix) for prefix in self.prefixes})

    def values(self, word: Word) -> list[V]:
        """The values of all keys that fit the word."""
        norm = word.norm
        found = [self.words[norm]] if norm in self.words else []
        found += [self.prefixes[norm[:n]] for n in self._lengths if norm[:n] in self.prefixes]
        if word.capitals and norm in self.capitals:
            found.append(self.capitals[norm])
        value = number_value(norm)
        if value is not None:
            found += [at for threshold, at in self._numbers if value >= threshold]
        return found
