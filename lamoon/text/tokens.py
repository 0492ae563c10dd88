"""Tokenisation of a message: every token keeps its place in the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from lamoon.text.clean import APOSTROPHES, INSIDE_WORDS, fold_accents

Kind = Literal["word", "number", "mark"]

_MARKS: Final = "".join(chr(code) for code in range(0x300, 0x10A0) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
"""Vowel signs and accents that belong to the letter before them: "\u092a\u094d\u0930\u093f\u092f\u093e"."""
_CHUNK: Final = re.compile(
    rf"(?:[^\W\d_]\.){{2,}}(?:[^\W\d_]\b)?"  # D.V.T.
    rf"|\d+(?:[.,:]\d+)*"
    rf"|[^\W\d_](?:[^\W_]|[{INSIDE_WORDS}{_MARKS}])*(?:[{APOSTROPHES}](?:[^\W\d_]|[{INSIDE_WORDS}{_MARKS}])+)*"
    r"|\n\s*|\.{2,}|[^\w\s]"
)
_SENTENCE_ENDS: Final = frozenset(".!?;\n。！？；")
_TITLES: Final = frozenset("dr mr mrs ms prof st approx vs inc no nr tel".split())
_NUMBERS: Final = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "couple": 2, "few": 3, "several": 3, "half": 0.5, "dozen": 12,
}  # fmt: skip


@dataclass(slots=True)
class Chunk:
    """A piece of the original message between spaces and punctuation; `start` and `end` are character offsets into
    it.
    """

    norm: str
    start: int
    end: int
    kind: Kind
    capitals: bool
    capitalised: bool


@dataclass(slots=True)
class Word:
    """A normalised word. `token` is the index of its source piece; a contraction gives several words of one token."""

    norm: str
    start: int
    end: int
    kind: Kind
    capitals: bool
    sentence: int
    token: int

    @property
    def is_mark(self) -> bool:
        return self.kind == "mark"


def chunks(text: str) -> list[Chunk]:
    """Cut a message into words, numbers and marks, in linear time. Spaces belong to none of them."""
    found: list[Chunk] = []
    shouting = text.isupper() and " " in text  # then capitals carry no information
    for match in _CHUNK.finditer(text):
        raw, start, end = match.group(), match.start(), match.end()
        letter = raw[0]
        if letter.isalpha():
            norm = fold_accents(raw).replace(".", "")
            found.append(
                Chunk(norm, start, end, "word", len(norm) > 1 and raw.isupper() and not shouting, letter.isupper())
            )
        elif letter.isdigit():
            found.append(Chunk(fold_accents(raw), start, end, "number", False, False))
        else:
            found.append(Chunk("\n" if letter == "\n" else raw[:3], start, end, "mark", False, False))
    return found


def ends_sentence(parts: list[Chunk], i: int, text: str) -> bool:
    """Return whether the mark at `i` ends a sentence: neither the point of `Dr.` nor the one inside `a.b`."""
    part = parts[i]
    if part.norm not in _SENTENCE_ENDS:
        return False
    if part.norm != ".":
        return True
    if i and parts[i - 1].norm in _TITLES:
        return False
    return part.end >= len(text) or not text[part.end].isalpha() or text[part.end].isupper()


def number_value(norm: str) -> float | None:
    """Return the value of `12`, `39.8`, `2,000` or `two`; None for anything else. `12:30` is a time, not a number."""
    if norm[:1].isdigit():
        try:
            return float(norm.replace(",", ""))
        except ValueError:
            return None
    return _NUMBERS.get(norm)
