"""Words that occur nowhere else, and where they are found: a file and a place in it, never what lies around."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SYLLABLES = ("zarv", "quolp", "wexm", "jyth", "vobk", "plyx", "gronz", "kwiff", "thurq", "mozb")
HEALTH = ("blood clot", "osteoporosis", "melanoma", "pacemaker", "fracture", "eczema", "pregnancy", "stroke")


@dataclass(frozen=True)
class Planted:
    """A word to look for, and a message that holds it."""

    word: str
    kind: str
    message: str


@dataclass(frozen=True)
class Found:
    """Where a word is: the file's name and the place of its first byte."""

    word: str
    file: str
    offset: int


def plant() -> list[Planted]:
    """40 words: 24 glued to health words, 8 names, 8 e-mail addresses, all lower case ASCII."""
    tokens = [a + b for a in SYLLABLES for b in ("ahk", "ojj", "ubw", "ixz")]
    health = [
        Planted(token, "health", f"I have a {HEALTH[index % len(HEALTH)]} {token}")
        for index, token in enumerate(tokens[:24])
    ]
    names = [Planted(token, "name", f"Dana {token.capitalize()}") for token in tokens[24:32]]
    mails = [Planted(token, "e-mail", f"dana.{token}@example.com") for token in tokens[32:]]
    return health + names + mails


def look(words: Iterable[str], files: Iterable[Path]) -> Iterator[Found]:
    """The first place of each word in each file, in raw bytes, whatever the case of its letters."""
    wanted = [(word, word.lower().encode()) for word in words]
    for file in files:
        try:
            content = file.read_bytes().lower()
        except FileNotFoundError:  # a write-ahead log goes with its last connection
            continue
        for word, searched in wanted:
            if (offset := content.find(searched)) >= 0:
                yield Found(word, file.name, offset)
