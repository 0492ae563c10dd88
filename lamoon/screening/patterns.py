"""The pattern language of the catalogue: plain words with a few operators.

    blood clot             these words in this order; case, accents and commas between them do not matter
    fractur*               every word with this beginning
    swell~                 any form of the word: swells, swelling, swelled, swollen
    vein/s                 the word or its plural
    PE                     a word in capitals must be in capitals in the message
    (leg|lower leg)        one of these
    [my|the]               one of these, or nothing
    {bone}                 one phrase of the group `bone`
    ..                     up to 3 words of any kind between; `..5` up to 5
    #                      a number (`2`, `two`, `a few`); `#120+` a number of at least 120, `#38-45` one of 38 to 45

Articles and possessives between any two words of a saying are skipped: `pain in chest` matches "pain in
my chest". Grammar is exact.

A pattern never extends over the end of a sentence. Negation and contractions are spelled out: `can not` matches
"can't", "cant" and "cannot"; `i am` matches "I'm" and "im".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Generic, TypeVar

from lamoon.errors import LamoonError
from lamoon.screening.inflection import Inflection
from lamoon.text.clean import fold_accents
from lamoon.text.shorthand import expand_contraction
from lamoon.text.tokens import Word, number_value
from lamoon.yaml_file import Value

V = TypeVar("V")


class WordTable(Generic[V]):
    """Meaning of each word, for the keys of `patterns.Element`: `word`, `word*`, `^word`, `#`, `#120`, `#38-45`."""

    def __init__(self, values: dict[str, V]) -> None:
        """Sort the keys by kind."""
        self.words: dict[str, V] = {}
        self.prefixes: dict[str, V] = {}
        self.capitals: dict[str, V] = {}
        self._numbers: list[tuple[float, float, V]] = []
        for key, value in values.items():
            if key.startswith("#"):
                least, _, most = key[1:].partition("-")
                self._numbers.append((float(least or "-inf"), float(most or "inf"), value))
            elif key.startswith("^"):
                self.capitals[key[1:]] = value
            elif key.endswith("*"):
                self.prefixes[key[:-1]] = value
            else:
                self.words[key] = value
        self._lengths = sorted({len(prefix) for prefix in self.prefixes})

    def values(self, word: Word) -> list[V]:
        """Return the values of all keys that match the word."""
        norm = word.norm
        found = [self.words[norm]] if norm in self.words else []
        found += [self.prefixes[norm[:n]] for n in self._lengths if norm[:n] in self.prefixes]
        if word.capitals and norm in self.capitals:
            found.append(self.capitals[norm])
        value = number_value(norm)
        if value is not None:
            found += [meaning for least, most, meaning in self._numbers if least <= value <= most]
        return found


MAX_EXPANSIONS: Final = 600
DEFAULT_GAP: Final = 3
_PIECE: Final = re.compile(r"\.\.\d*|#\d+(?:\+|-\d+)|#|\{[a-z_]+\}|[()\[\]|]|[^\s()\[\]|{}#]+|\S")
_WORD: Final = re.compile(r"(?:[a-z]|[a-z][a-z0-9]*[a-z0-9])(?:\*|~|/s)?|\d+|[A-Z][A-Z0-9]*")


class PatternError(LamoonError):
    """An invalid pattern. The message says what is wrong; the caller adds where."""


@dataclass(frozen=True, slots=True)
class Element:
    """One word of a pattern: any word of `keys` (None: any word at all); `optional` words may be missing.

    A key is a lower-case word, `word*` for a beginning, `^word` for capitals, `#`, `#120` or `#38-45` for a number.
    """

    keys: frozenset[str] | None
    optional: bool = False


Sequence_ = tuple[Element, ...]
GAP: Final = Element(None, optional=True)


@dataclass(frozen=True, slots=True)
class Language:
    """What patterns may refer to: groups by name, and the irregular forms of words."""

    groups: Mapping[str, Sequence[Sequence_]] = field(default_factory=dict)
    inflection: Inflection = field(default_factory=Inflection)


def parse(pattern: str, language: Language = Language()) -> list[Sequence_]:
    """Return all plain word sequences that `pattern` matches.

    Raises:
        PatternError: an unknown group, an unclosed bracket, a character without meaning, too many combinations.
    """
    pieces = _PIECE.findall(pattern)
    sequences, rest = _alternatives(pieces, 0, language)
    if rest != len(pieces):
        raise PatternError(f"'{pieces[rest]}' closes a bracket that was never opened")
    if not all(any(not element.optional for element in sequence) for sequence in sequences):
        raise PatternError("matches nothing at all: every part of it is optional")
    if any(sequence[0].optional or sequence[-1].optional for sequence in sequences):
        raise PatternError("begins or ends with a part that may be missing, which says nothing; leave that part out")
    return list(dict.fromkeys(sequences))


def pieces_of(block: Value) -> Iterator[tuple[str, int]]:
    """Yield the comma-separated patterns of a block of text, each with its line; a line break counts as a space."""
    line = block.text_line
    for piece in block.text(example="patterns: |").split(","):
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield " ".join(piece.split()), line + piece[:lead].count("\n")
        line += piece.count("\n")


def parse_block(block: Value, language: Language) -> list[tuple[str, list[Sequence_]]]:
    """Return the patterns of a block of text and their word sequences. Errors name the line."""
    found = []
    for text, line in pieces_of(block):
        try:
            found.append((text, parse(text, language)))
        except PatternError as error:
            expected = "a pattern as patterns.py explains"
            block.fail(f"pattern '{text}': {error}", expected, "broke my {bone}", line=line)
    if not found:
        block.fail("holds no pattern", "patterns with commas between", "patterns: |\n  blood clot")
    return found


def _alternatives(pieces: list[str], at: int, language: Language) -> tuple[list[Sequence_], int]:
    options: list[list[Sequence_]] = []
    parts: list[list[Sequence_]] = []
    while at < len(pieces) and pieces[at] not in ")]":
        piece = pieces[at]
        if piece == "|":
            options.append(_join(parts))
            parts = []
        elif piece in "([":
            inner, at = _alternatives(pieces, at + 1, language)
            if at == len(pieces) or pieces[at] != {"(": ")", "[": "]"}[piece]:
                raise PatternError(f"'{piece}' is not closed")
            parts.append(_optional(inner) if piece == "[" else inner)
        else:
            parts.append(_atom(piece, language))
        at += 1
    options.append(_join(parts))
    if len(options) > 1 and not all(any(option) for option in options):
        raise PatternError("an empty choice beside '|'; write [a|b] where nothing is a choice too")
    return merge([sequence for option in options for sequence in option]), at


def _atom(piece: str, language: Language) -> list[Sequence_]:
    if piece.startswith(".."):
        return [(GAP,) * int(piece[2:] or DEFAULT_GAP)]
    if piece.startswith("#"):
        return [(Element(frozenset({piece.rstrip("+")})),)]
    if piece.startswith("{"):
        name = piece[1:-1]
        if name not in language.groups:
            raise PatternError(f"there is no group '{name}'")
        return list(language.groups[name])
    if not _WORD.fullmatch(piece):
        raise PatternError(f"'{piece}' is not a word; marks and apostrophes are left out of patterns")
    if piece.isupper() and len(piece) > 1:
        return [(Element(frozenset({f"^{fold_accents(piece)}"})),)]
    if piece.endswith("~"):
        return [(Element(language.inflection.forms(piece[:-1])),)]
    if piece.endswith("/s"):
        return [(Element(language.inflection.numbers(piece[:-2])),)]
    return [tuple(Element(frozenset({word})) for word in expand_contraction(fold_accents(piece)).split())]


def _join(parts: list[list[Sequence_]]) -> list[Sequence_]:
    count = 1
    for part in parts:
        count *= len(part)
    if count > MAX_EXPANSIONS:
        raise PatternError(f"stands for {count} combinations, more than {MAX_EXPANSIONS}; split it in two")
    return [sum(choice, ()) for choice in product(*parts)]


def _optional(inner: list[Sequence_]) -> list[Sequence_]:
    single = [sequence for sequence in inner if len(sequence) == 1 and sequence[0].keys is not None]
    longer = [sequence for sequence in inner if sequence not in single]
    made: list[Sequence_] = [(Element(sequence[0].keys, optional=True),) for sequence in single]
    return made + longer + ([] if made else [()])


def merge(sequences: list[Sequence_]) -> list[Sequence_]:
    keys: set[str] = set()
    longer: list[Sequence_] = []
    for sequence in sequences:
        first = sequence[0] if len(sequence) == 1 else None
        if first and first.keys is not None and not first.optional:
            keys |= first.keys
        else:
            longer.append(sequence)
    return ([(Element(frozenset(keys)),)] if keys else []) + longer


def compact(sequences: Iterable[Sequence_]) -> list[Sequence_]:
    """Merge sequences that differ in one word into one with a choice, without changing the matches."""
    found = list(dict.fromkeys(sequences))
    for place in range(max(map(len, found), default=0)):
        groups: dict[tuple[Sequence_, bool, Sequence_], set[str]] = {}
        others: list[Sequence_] = []
        for sequence in found:
            keys = sequence[place].keys if place < len(sequence) else None
            if keys is None:
                others.append(sequence)
            else:
                rest = (sequence[:place], sequence[place].optional, sequence[place + 1 :])
                groups.setdefault(rest, set()).update(keys)
        found = others + [
            (*before, Element(frozenset(keys), optional), *after) for (before, optional, after), keys in groups.items()
        ]
    return found
