"""Wordings of booking data: the phrases of `phrases.yml`, as patterns.

A section of the file holds named lists of ways. A way is a regular expression in small letters that is found between word
boundaries; `/.../` is found as it is. `%name%` stands for a list of the section `shared`, or for all of an earlier section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from lamoon.errors import CatalogueError
from lamoon.yaml_file import Value, read

FILE: Final = Path(__file__).with_name("phrases.yml")
SHARED: Final = "shared"
_REFERENCE: Final = re.compile(r"%(\w+)%")


class Phrases(Mapping[str, re.Pattern[str]]):
    """A section of the file: a pattern for each of its lists, in the order of the file.

    A pattern is compiled on first use: compiling all of them takes half a second, and most processes use a few.
    """

    def __init__(self, ways: Mapping[str, tuple[str, ...]], entries: Mapping[str, Value]) -> None:
        self._ways = ways
        self._entries = entries
        self._patterns: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, name: str) -> re.Pattern[str]:
        if name not in self._patterns:
            try:
                self._patterns[name] = re.compile(self.written(name))
            except re.error as problem:
                self._entries[name].fail(
                    f"is not a regular expression ({problem})", "one that Python's re compiles", "- call (?:me|us) back"
                )
        return self._patterns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ways)

    def __len__(self) -> int:
        return len(self._ways)

    def written(self, name: str) -> str:
        """Return the regular expression of a list."""
        return _framed(self._ways[name])

    def ways(self, name: str) -> str:
        """Return the phrases of a list as one alternation, without word boundaries."""
        return "|".join(self._ways[name])

    def last_end(self, name: str, words: str, at: int) -> int:
        """Return where the last phrase of a list before `at` ends; 0 if there is none."""
        return max((match.end() for match in self[name].finditer(words, 0, at)), default=0)

    def named(self) -> re.Pattern[str]:
        """Return one pattern for the section, with a group named after each list; earlier lists win."""
        groups = (rf"(?P<{name}>(?<![\w'])(?:{self.ways(name)})(?![\w']))" for name in self)
        return re.compile("|".join(groups))


def phrases(section: str) -> Phrases:
    """Return a section of the file.

    Raises:
        CatalogueError: names the file, the line, what is wrong and what was expected; on first use of a pattern, too.
    """
    return load_phrases()[section]


@lru_cache(maxsize=4)
def load_phrases(path: Path = FILE) -> Mapping[str, Phrases]:
    """Return the sections of a file by name. Raises CatalogueError, as `phrases` does."""
    root = read(path, CatalogueError)
    shared: dict[str, str] = {}
    for name, entry in root.get(SHARED).fields().items():
        shared[name] = f"(?:{'|'.join(_ways(entry, shared))})"
    sections: dict[str, Phrases] = {}
    for section, block in root.fields().items():
        if section != SHARED:
            entries = block.fields()
            ways = {name: _ways(entry, shared) for name, entry in entries.items()}
            sections[section] = Phrases(ways, entries)
            shared[section] = f"(?:{'|'.join(way for listed in ways.values() for way in listed if not _is_raw(way))})"
    return sections


def _ways(entry: Value, shared: Mapping[str, str]) -> tuple[str, ...]:
    found = tuple(_way(item, shared) for item in entry.items("- some words"))
    if not found:
        entry.fail("has no ways", "a list of regular expressions", "- some words")
    return found


def _way(item: Value, shared: Mapping[str, str]) -> str:
    written = item.text()
    for name in _REFERENCE.findall(written):
        if name not in shared:
            item.fail(
                f"there is no list `{name}`", f"one of {', '.join(shared) or 'the section shared'}", f"- %{name}%"
            )
    return _REFERENCE.sub(lambda found: shared[found[1]], written)


def _is_raw(way: str) -> bool:
    return len(way) > 2 and way[0] == way[-1] == "/"


def _framed(ways: tuple[str, ...]) -> str:
    words = "|".join(way for way in ways if not _is_raw(way))
    return "|".join([*([rf"\b(?:{words})\b"] if words else []), *(way[1:-1] for way in ways if _is_raw(way))])
