"""YAML that remembers its line numbers, so that every complaint about studio.yml names the right line.

`read` gives a tree of `Entry`. Scalars stay the text that the owner wrote: 000 is "000" and not the number 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lamoon.errors import StudioError

Result = TypeVar("Result")
FILE_EXPECTED = ("lines of `name: value`, as in the file that comes with the assistant", "name: La Moon")


@dataclass(frozen=True)
class Entry:
    """One value of the file. `value` is text, a list or a mapping; `line` counts from 1; `name` is its path of keys."""

    file: str
    name: str
    line: int
    value: str | list[Entry] | dict[str, Entry]

    def wrong(self, problem: str, expected: str, example: str) -> NoReturn:
        """Raises StudioError about this entry."""
        raise StudioError(self.file, self.line, f"{self.name}: {problem}" if self.name else problem, expected, example)

    def path(self, key: str) -> str:
        """What to call the value of `key` below this one."""
        return f"{self.name}.{key}" if self.name else key

    def keys(self, example: str) -> dict[str, Entry]:
        """Its keys and values, none when left empty."""
        if self.value == "":
            return {}
        if not isinstance(self.value, dict):
            self.wrong("does not hold fields", "indented lines of `field: value` below it", example)
        return self.value

    def only(self, known: tuple[str, ...], example: str) -> Entry:
        """Itself, once sure that it holds no other field than `known` ones."""
        for key, entry in self.keys(example).items():
            if key not in known:
                entry.wrong("is not a field of this file", f"one of {', '.join(known)}", example)
        return self

    def field(self, key: str) -> Entry:
        """The value of `key`; an empty one where the file does not name it."""
        named = self.value.get(key) if isinstance(self.value, dict) else None
        return named or Entry(self.file, self.path(key), self.line, "")

    def items(self, example: str) -> list[Entry]:
        """Its list items; none when left empty."""
        if self.value == "":
            return []
        if not isinstance(self.value, list):
            self.wrong("is not a list", "a list: each item on a line that starts with `- `", example)
        return self.value

    def text(self, example: str, *, longest: int = 160, words: int = 16) -> str:
        """Its text on one line, at most `longest` characters and `words` words; "" when left empty."""
        if not isinstance(self.value, str):
            self.wrong("holds several values", "one value on the same line", example)
        text = " ".join(self.value.split())
        if not text.isprintable():
            self.wrong("holds a character that cannot be read", "letters, digits and signs", example)
        if len(text) > longest or len(text.split()) > words:
            self.wrong("is too long", f"at most {longest} characters and {words} words", example)
        return text

    def checked(self, check: Callable[[str], Result], expected: str, example: str) -> Result | None:
        """What `check` makes of the text; None when left empty. Its ValueError becomes a StudioError."""
        text = self.text(example)
        if not text:
            return None
        try:
            return check(text)
        except ValueError as error:
            self.wrong(str(error), expected, example)


def read(path: Path) -> Entry:
    """The file's tree. Raises StudioError when it is missing, is not YAML or names a field twice."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StudioError(str(path), None, "is not plain text", "a file saved as UTF-8", FILE_EXPECTED[1]) from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        expected = "a readable file there, or its place in the setting LAMOON_STUDIO"
        raise StudioError(str(path), None, problem, expected, "LAMOON_STUDIO=studio.yml") from None
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise StudioError(str(path), mark.line + 1 if mark else None, _syntax(error), *FILE_EXPECTED) from None
    except (YAMLError, ValueError, RecursionError):
        raise StudioError(str(path), None, "holds something that is not YAML", *FILE_EXPECTED) from None
    if root is None:
        raise StudioError(str(path), None, "is empty", *FILE_EXPECTED)
    return _entry(str(path), "", root, root.start_mark.line + 1)


def _syntax(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "not YAML")
    return "a tab; indent with spaces" if "'\\t'" in problem else f"cannot be read: {problem}"


def _entry(file: str, name: str, node: Node, line: int, depth: int = 0) -> Entry:
    """The tree below `node`. `line` is the line of its key."""
    here = Entry(file, name, line, "")
    if depth > 5:
        here.wrong("is nested too deep", *FILE_EXPECTED)
    if isinstance(node, ScalarNode):
        empty = node.tag == "tag:yaml.org,2002:null"
        return Entry(file, name, line, "" if empty else str(node.value))
    if isinstance(node, SequenceNode):
        items = enumerate(node.value, 1)
        listed = [_entry(file, f"{name}[{i}]", item, item.start_mark.line + 1, depth + 1) for i, item in items]
        return Entry(file, name, line, listed)
    if not isinstance(node, MappingNode):
        here.wrong("is of a kind that this file does not use", *FILE_EXPECTED)
    return Entry(file, name, line, _keys(here, node, depth))


def _keys(here: Entry, node: MappingNode, depth: int) -> dict[str, Entry]:
    """The keys and values of `node`, which is what `here` holds."""
    found: dict[str, Entry] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            here.wrong("has a key that is not a word", *FILE_EXPECTED)
        entry = _entry(here.file, here.path(str(key.value)), value, key.start_mark.line + 1, depth + 1)
        first = found.setdefault(str(key.value), entry)
        if first is not entry:
            entry.wrong(f"stands here a second time (first in line {first.line})", "each field once", "remove one")
    return found
