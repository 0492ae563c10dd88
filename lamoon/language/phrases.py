"""Phrases of other languages, written in a pattern language like the catalogue's and compiled to regular expressions.

    dolor de pecho        these words in this order; case and accents do not matter
    hinchad*  *schmerz*   every word with this beginning; every word with this in it
    (el|mi)  [el|mi]      one of these; one of these, or nothing
    ..   ..5              up to 3, or up to 5, words between
    vivir & sentido       all in one sentence, up to 8 words apart, in any order; only between whole phrases
    no puedo más //       the clause ends here: not "no puedo más con el calor"

No phrase crosses the end of a sentence, and only a gap crosses a comma. Languages that write no spaces between words
(`spaces: false`) are searched without them: there a gap counts letters, and a phrase may begin inside a run of letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import permutations
from typing import Final

from lamoon.errors import LamoonError

_APART: Final = {"ł": "l", "đ": "d", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ى": "ي", "ة": "ه", "ـ": ""}
_COMMAS: Final = frozenset(",，、،")
_CLAUSE_MARKS: Final = frozenset(".;:!?()\n。；：！？（）؟؛…")
COMMA: Final = ","
CLAUSE: Final = "."
_GAP: Final = 3
_FAR: Final = "..8"
_END: Final = "//"
_MARKS: Final = re.compile(r"\s*(\.\.\d*|[()\[\]|]|[^\s()\[\]|]+)")


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """Return a letter in lower case without accents; punctuation becomes a space or the mark of a clause."""
    if letter in _CLAUSE_MARKS:
        return f" {CLAUSE} "
    if letter in _COMMAS:
        return f" {COMMA} "
    lower = letter.lower()
    if "\uac00" <= letter <= "\ud7a3":  # a Korean syllable is not a letter with an accent
        return letter
    plain = "".join(_APART.get(part, part) for part in unicodedata.normalize("NFKD", lower))
    kept = "".join(_APART.get(part, part) for part in plain if not unicodedata.combining(part))
    return kept if kept.isalnum() or not plain.strip("\u200d\u200c\ufe0f") or _is_accent(letter) else " "


def _is_accent(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M" or letter == "ـ"


@dataclass(frozen=True)
class Folded:
    """A text in normalised spelling: words followed by a space, and for every letter its place in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of a part in the original."""
        last = end - 1
        while last > start and self.text[last] == " ":
            last -= 1
        return self.places[start], self.places[last] + 1


@dataclass(frozen=True, eq=False)
class Spelling:
    """The normalised spelling of a language.

    Attributes:
        folds: groups of interchangeable letters, and the one that replaces them.
        spaces: whether words are separated by spaces.
        prefixes: what may be attached to the beginning of any word (Arabic "and", "the").
    """

    folds: Mapping[str, str] = field(default_factory=dict)
    spaces: bool = True
    prefixes: tuple[str, ...] = ()

    def fold(self, text: str) -> Folded:
        """Return the text in this spelling."""
        letters: list[str] = []
        places: list[int] = []
        for place, letter in enumerate(text):
            if text[place - 2 : place] == letter * 2 and letter.isalpha():  # "nooo" is stretched: one letter is enough
                if letters and letters[-2:-1] == letters[-1:]:
                    letters.pop()
                    places.pop()
                continue
            for plain in _plain(letter):
                if plain == " " and (not self.spaces or not letters or letters[-1] == " "):
                    continue
                letters.append(plain)
                places.append(place)
        if self.spaces and letters and letters[-1] != " ":
            letters.append(" ")
            places.append(len(text) - 1)
        return self._folded("".join(letters), places)

    def word(self, word: str) -> str:
        """Return a word in this spelling, without spaces."""
        return self.fold(word).text.replace(" ", "")

    def respell(self, word: str) -> str:
        """Return a plain word in this language's spelling."""
        return _any_of(tuple(self.folds)).sub(lambda match: self.folds[match.group()], word) if self.folds else word

    def _folded(self, text: str, places: list[int]) -> Folded:
        if not self.folds:
            return Folded(text, tuple(places))
        pieces: list[str] = []
        kept: list[int] = []
        end = 0
        for match in _any_of(tuple(self.folds)).finditer(text):
            put = self.folds[match.group()]
            pieces += (text[end : match.start()], put)
            kept += (*places[end : match.start()], *[places[match.start()]] * len(put))
            end = match.end()
        return Folded("".join((*pieces, text[end:])), (*kept, *places[end:]))


@lru_cache(maxsize=64)
def _any_of(texts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)))


class PhrasingError(LamoonError):
    """A phrase that cannot be parsed."""


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase.

    Attributes:
        expression: a regular expression over `Folded.text`.
        anchors: words, prefixes (with a trailing `*`) or parts of words (with a leading `*`); every match has at least
            one of them.
    """

    expression: str
    anchors: frozenset[str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Its expression, compiled on first use."""
        return re.compile(self.expression)


def compile_phrase(source: str, spelling: Spelling) -> Phrase:
    """Compile the phrase in `source`. Raises PhrasingError."""
    together = source.split(" & ")
    if len(together) > 1:
        source = f"({'|'.join(f' {_FAR} '.join(order) for order in permutations(together))})"
    parser = _Parser(_MARKS.findall(source), spelling)
    body, anchors = parser.alternatives()
    if parser.left:
        raise PhrasingError(f"`{parser.left[0]}` without its other half")
    if not anchors:
        raise PhrasingError("has no word that must be there")
    return Phrase(f"(?<![^ ]){body}" if spelling.spaces else body, anchors)


def compile_words(words: Iterable[str], spelling: Spelling) -> Phrase:
    """Compile an alternation of words and phrases, the longest first. Raises PhrasingError."""
    return compile_phrase(f"({'|'.join(sorted(words, key=len, reverse=True))})", spelling)


class _Parser:
    """Read a phrase from left to right; every part yields a regular expression and its anchors."""

    def __init__(self, marks: list[str], spelling: Spelling) -> None:
        self.left = marks
        self._spelling = spelling

    def alternatives(self) -> tuple[str, frozenset[str]]:
        """Parse parts separated by `|`. The anchors are those of all of them; none if one has none."""
        found = [self._sequence()]
        while self.left and self.left[0] == "|":
            self.left.pop(0)
            found.append(self._sequence())
        anchors = [anchor for _, anchor in found]
        return f"(?:{'|'.join(body for body, _ in found)})", frozenset().union(*anchors) if all(
            anchors
        ) else frozenset()

    def _sequence(self) -> tuple[str, frozenset[str]]:
        bodies: list[str] = []
        best: frozenset[str] = frozenset()
        while self.left and self.left[0] not in ")]|":
            body, anchors = self._part()
            bodies.append(body)
            if anchors and _shortest(anchors) > _shortest(best):
                best = anchors
        if not bodies:
            raise PhrasingError("has an empty part")
        return "".join(bodies), best

    def _part(self) -> tuple[str, frozenset[str]]:
        mark = self.left.pop(0)
        if mark in "([":
            body, anchors = self.alternatives()
            if not self.left or self.left.pop(0) != (")" if mark == "(" else "]"):
                raise PhrasingError(f"`{mark}` without its other half")
            return (body, anchors) if mark == "(" else (f"{body}?", frozenset())
        if mark == _END:
            return rf"(?=[{COMMA}{CLAUSE}]|$)", frozenset()
        if mark.startswith(".."):
            most = int(mark[2:] or _GAP)
            gap = rf"(?:[^ {CLAUSE}]+ ){{0,{most}}}?" if self._spelling.spaces else rf"[^{CLAUSE}]{{0,{most}}}?"
            return gap, frozenset()
        return self._words(mark)

    def _words(self, mark: str) -> tuple[str, frozenset[str]]:
        """Parse a word, or several if the spelling splits it ("j'ai")."""
        words = self._spelling.fold(mark.strip("*")).text.split()
        if not words or not {CLAUSE, COMMA}.isdisjoint(words):
            raise PhrasingError(f"`{mark}` is not a word")
        if not self._spelling.spaces:
            return re.escape("".join(words)), frozenset(words)
        any_end, any_start = mark.endswith("*"), mark.startswith("*")
        before = f"(?:{'|'.join(map(re.escape, self._spelling.prefixes))})?" if self._spelling.prefixes else ""
        body = "".join(f"{before}{re.escape(word)} " for word in words)
        if any_end:
            body = f"{body[:-1]}[^ ]* "
        if any_start:
            return f"[^ ]*{body}", frozenset({f"*{words[0]}"})
        longest = max(words, key=len)
        return body, frozenset({f"{longest}*" if any_end and longest == words[-1] else longest})


def _shortest(anchors: frozenset[str]) -> int:
    return min((len(anchor) for anchor in anchors), default=0)
