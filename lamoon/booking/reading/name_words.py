"""Name segmentation: which words are everyday words, which are written as names, and where a name begins and ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from lamoon.booking.reading.line import Line
from lamoon.errors import CatalogueError
from lamoon.text.spelling import read_known_words
from lamoon.yaml_file import read

_FILE: Final = Path(__file__).with_name("name_words.yml")


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    fields = read(_FILE, CatalogueError).fields()
    return {kind: frozenset(block.text().split()) for kind, block in fields.items()}


ORDINARY: Final = _lists()["ordinary"]
ROLES: Final = _lists()["roles"]
ALSO_NAMES: Final = _lists()["also_names"]
PARTICLES: Final = _lists()["particles"]
TITLES: Final = _lists()["titles"]
GREETINGS: Final = _lists()["greetings"]
NOT_BEFORE_A_SIGNATURE: Final = _lists()["not_before_a_signature"]
_CONTRACTION: Final = re.compile(r"\w+(?:'(?:m|re|ve|ll|d|t)|n't)$")
_LETTERS: Final = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=1)
def frequent() -> frozenset[str]:
    """Return the frequent words of English."""
    return frozenset(read_known_words())


def is_form(word: str) -> bool:
    """Return whether a word is an inflected English verb or an adjective with derived forms: "relieved", "current"."""
    stem = re.sub(r"(?:ed|ing)$", "", word)
    if stem != word and not frequent().isdisjoint((stem, f"{stem}e", stem[:-1])):
        return True
    return word in frequent() and not frequent().isdisjoint((f"{word}ly", f"{word}ness"))


class NameWords:
    """The words of a line with their properties; `run` returns the name that begins at one of them."""

    def __init__(self, line: Line, asked: str | None, entities: Sequence[tuple[int, int]]) -> None:
        self.line = line
        self.asked = asked == "name"
        self.plain = asked is None
        self.known = {
            place
            for place, token in enumerate(line.tokens)
            if any(start <= token.start and token.end <= end for start, end in entities)
        }
        raws = [line.raw(place) for place in range(len(line.tokens))]
        self.capitals = (
            any(raw[:1].isupper() and not re.match(r"I\b", raw) for raw in raws[1:]) and not line.text.isupper()
        )

    def ends_at_comma(self, segment: list[int]) -> bool:
        return self.norm(segment[-1] + 1) in (",", "-", ":", ".")

    def without_repeats(self, run: list[int]) -> list[int]:
        """Drop repeated words: "opal opal wright"."""
        norms = [self.norm(place) for place in run]
        return [place for at, place in enumerate(run) if not at or norms[at] != norms[at - 1]]

    def run(self, place: int, capitals: bool, strong: bool = True) -> str | None:
        """Return the name that begins at a word."""
        run: list[int] = []
        size = len(self.line.tokens)
        while place < size and len(run) < 8:
            norm = self.norm(place)
            if norm in TITLES and not run:
                place += 1 + (self.norm(place + 1) == ".")
                continue
            if (
                norm == "-"
                and run
                and self.line.tokens[place].start == self.line.tokens[place - 1].end
                and place + 1 < size
                and self.line.tokens[place].end == self.line.tokens[place + 1].start
            ):
                place += 1
                continue
            if (
                norm == "."
                and run
                and len(norm) == 1
                and len(self.norm(run[-1])) == 1
                and self.is_written_as_name(place + 1)
            ):
                place += 1
                continue
            if not self.letters(place) or not self._may_continue(run, place, capitals, strong):
                break
            run.append(place)
            place += 1
        run = self.without_repeats(run)
        while run and self.norm(run[-1]) in PARTICLES and len(run) > 1 and not self.line.raw(run[-1])[0].isupper():
            run = run[:-1]
        if not run or (not capitals and not self._is_plain_name(run, strong)):
            return None
        if len(run) == 1 and self.norm(run[0]) in ORDINARY - ALSO_NAMES:
            return None
        return self.text_of(run)

    def _may_continue(self, run: list[int], place: int, capitals: bool, strong: bool) -> bool:
        norm, raw = self.norm(place), self.line.raw(place)
        if capitals:
            if not raw[0].islower():
                return (
                    (norm not in ORDINARY or norm in ALSO_NAMES)
                    and not (self.knows(place) and norm not in ALSO_NAMES)
                    and norm != "i"
                )
            return (
                bool(run) and norm in PARTICLES and norm not in ("e", "o", "st", "al") and self._has_name_after(place)
            )
        if strong and not run and norm in ALSO_NAMES and self.norm(place + 1) in ("", ".", ",", "and"):
            return True  # "my name's may"
        return norm not in ORDINARY and not self.knows(place) and len(run) < 4 + (len(norm) == 1) * 4

    def _has_name_after(self, place: int) -> bool:
        following = place + 1 + (self.norm(place + 1) in PARTICLES)
        return following < len(self.line.tokens) and self.line.raw(following)[:1].isupper()

    def _is_plain_name(self, run: list[int], strong: bool) -> bool:
        """Return whether lower-case words are a name after an introduction."""
        norms = [self.norm(place) for place in run]
        following = self.norm(run[-1] + 1)
        if not strong and self.capitals:
            return False  # a writer of "Friday" would write "Lamar"
        if (
            not strong
            and re.search(r"(?:ed|ing|ly|ful|ous|able|ible|ish|less|ant|ive|al|ic|ist|er|or)$", norms[0])
            and len(run) == 1
        ):
            return len(norms[0]) <= 5 and following in ("", "and", ",", ".", "my", "from")
        if not strong and following in (
            "to",
            "of",
            "in",
            "with",
            "about",
            "for",
            "the",
            "a",
            "that",
            "off",
            "into",
            "out",
            "at",
            "on",
        ):
            return len(run) > 1 and following in ("at", "on", "for")
        return len(run) <= 4 and all(len(norm) > 1 for norm in norms[:1])

    def back(self, place: int) -> str | None:
        """Return the name that ends at a word, in capitals or after a comma."""
        run: list[int] = []
        while place >= 0 and self.letters(place) and len(run) < 4:
            raw, norm = self.line.raw(place), self.norm(place)
            if raw[0].islower() and norm not in PARTICLES and (self.capitals or norm in ORDINARY or self.knows(place)):
                break
            if norm in ORDINARY - ALSO_NAMES:
                break
            run.insert(0, place)
            place -= 1
        return self.text_of(run) if run and not self.knows(run[0]) else None

    def ends_well(self, place: int) -> bool:
        size = len(self.line.tokens)
        while place < size and self.is_written_as_name(place):
            place += 1
        return (
            place >= size
            or not self.letters(place)
            or self.norm(place) in ("at", "on", "please", "and", "with", "thanks")
        )

    def is_written_as_name(self, place: int) -> bool:
        if not 0 <= place < len(self.line.tokens) or not self.letters(place):
            return False
        norm, raw = self.norm(place), self.line.raw(place)
        if raw[0].islower() or norm == "i" or (norm in ORDINARY and norm not in ALSO_NAMES):
            return False
        return not self.knows(place) or norm in ALSO_NAMES

    def words_after(self, place: int, name: str) -> str:
        at = self.line.tokens[min(place + len(name.split()), len(self.line.tokens) - 1)].at
        return " " + self.line.words[at:]

    def place_at(self, at: int) -> int | None:
        return next((place for place, token in enumerate(self.line.tokens) if token.at >= at), None)

    def norm(self, place: int) -> str:
        if not 0 <= place < len(self.line.tokens):
            return ""
        norm = self.line.tokens[place].norm
        if _CONTRACTION.match(norm) and norm[:2] not in ("o'", "d'"):
            return "i"
        return norm if norm.startswith("<") else norm.removesuffix("'s") or norm

    def label(self, place: int) -> str:
        return self.line.labels[place]

    def letters(self, place: int) -> bool:
        if not 0 <= place < len(self.line.tokens):
            return False
        raw = self.line.raw(place)
        return (
            bool(raw)
            and _LETTERS.match(self.line.tokens[place].norm) is not None
            and _LETTERS.match(raw[0]) is not None
            and not any(c.isdigit() for c in raw)
        )

    def knows(self, place: int) -> bool:
        return bool(self.label(place)) or place in self.known

    def text_of(self, run: list[int]) -> str:
        """Return the name as it was written; lower-case names are capitalised."""
        start, end = self.line.tokens[run[0]].start, self.line.tokens[run[-1]].end
        tokens = self.line.tokens
        contiguous = all(not self.line.text[tokens[a].end : tokens[b].start].strip(" .'-") for a, b in pairwise(run))
        name = self.line.text[start:end] if contiguous else self._pieces(run)
        name = unicodedata.normalize("NFC", " ".join(name.split())).strip(" .,-")
        name = re.sub(r"(?i)(?:'s)$", "", name)
        if name == name.lower() or (name == name.upper() and len(name) > 3):
            words = name.lower().split()
            name = " ".join(
                w if i and w in PARTICLES else re.sub(r"(^|[-'.])([^\W\d_])", lambda m: m[1] + m[2].upper(), w)
                for i, w in enumerate(words)
            )
        return name

    def _pieces(self, run: list[int]) -> str:
        text = self.line.raw(run[0])
        for before, place in pairwise(run):
            gap = self.line.text[self.line.tokens[before].end : self.line.tokens[place].start]
            text += ("-" if gap == "-" else " ") + self.line.raw(place)
        return text
