"""YAML files, read so that every error names the file, the line, what is wrong, what was expected and an example.

`read` returns the root of a file as a `Value`; the caller asks for the expected fields:

    root = read(path, StudioError).only("name", "services")       no other fields than these
    root["name"].text()                                           a required field
    root.get("greeting").text(default="")                         an optional field
    [service.text() for service in root.get("services").items()]  empty if it is left out

Scalars are YAML 1.2 and stay as written: 000 is "000" and no is "no". Only `data` turns them into numbers and flags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from lamoon.errors import ConfigurationError

MAX_DEPTH = 20
"""Deeper than any of our files; a recursive alias is nested without end."""
TAG = "tag:yaml.org,2002:"
NULL = f"{TAG}null"
EXPECTED = "YAML: lines of `name: value`, indented with spaces"
EXAMPLE = "name: value"


@dataclass(frozen=True)
class Value:
    """One value of a file.

    Attributes:
        name: its path of keys, such as `services[1].name`; "" at the root.
        line: the line of its key or list item, counted from 1; for a field that is left out, the line of its mapping.
        node: None for a field that is left out.
        error: the class of its errors.
    """

    file: str
    name: str
    line: int
    node: Node | None = field(repr=False)
    error: type[ConfigurationError] = ConfigurationError
    depth: int = 0

    def fail(self, problem: str, expected: str, example: str = "", *, line: int | None = None) -> NoReturn:
        """Raise the file's error about this value, or about another `line` of it."""
        shown = f"{self.name}: {problem}" if self.name else problem
        raise self.error(self.file, line or self.line, shown, expected, example or self._example("some text"))

    @property
    def is_missing(self) -> bool:
        """Whether it is absent, or has no value."""
        return self.node is None or self.node.tag == NULL

    @property
    def is_list(self) -> bool:
        """Whether it holds a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def is_mapping(self) -> bool:
        """Whether it holds named fields."""
        return isinstance(self.node, MappingNode)

    @property
    def text_line(self) -> int:
        """The line in which its text begins: after `key: |` that is the next one."""
        if not isinstance(self.node, ScalarNode):
            return self.line
        return int(self.node.start_mark.line) + (2 if self.node.style in ("|", ">") else 1)

    def text(self, default: str | None = None, *, example: str = "") -> str:
        """Return its text as written, with line breaks; the `default` if it is missing. Without a default it must not
        be blank.
        """
        if self.is_list or self.is_mapping:
            self.fail("holds several values", "one value on the same line", example)
        if self.node is None or self.is_missing:
            return default if default is not None else self.fail("is missing", "a text", example)
        text = str(self.node.value)
        return text if default is not None or text.strip() else self.fail("is empty", "a text", example)

    def one_line(self, default: str | None = None, *, example: str = "") -> str:
        """Return its text with every run of white space as a single space."""
        return " ".join(self.text(default, example=example).split())

    def whole_number(self, least: int = 0, most: int | None = None) -> int:
        """Return its number, from `least` to `most` (None: no limit)."""
        text = self.text(example=self._example(str(least)))
        number = int(text) if re.fullmatch("[0-9]{1,9}", text) else -1
        if number < least or (most is not None and number > most):
            limits = f"from {least} to {most}" if most is not None else f"of {least} or more"
            self.fail(f"'{text}' is not one", f"a whole number {limits}", self._example(str(least)))
        return number

    def flag(self, *, default: bool | None = None) -> bool:
        """Return true or false."""
        return self.one_of(("true", "false"), None if default is None else str(default).lower()) == "true"

    def one_of(self, choices: Sequence[str], default: str | None = None) -> str:
        """Return one of these words, or the `default`."""
        text = self.one_line(default, example=self._example(choices[0] if choices else ""))
        if text not in (*choices, default):
            self.fail(f"'{text}' is unknown", f"one of {', '.join(choices)}", self._example(choices[0]))
        return text

    def items(self, example: str = "") -> list[Value]:
        """Return the items of its list; empty if it is absent."""
        if self.is_missing:
            return []
        if not isinstance(self.node, SequenceNode):
            expected = "a list: each item on a line that starts with `- `, or all in [brackets]"
            self.fail("is not a list", expected, example or self._example("[one, two]"))
        return [
            self._below(f"{self.name}[{number}]", node, node.start_mark.line + 1)
            for number, node in enumerate(self.node.value, 1)
        ]

    def texts(self) -> tuple[str, ...]:
        """Return its text, or the texts of its list."""
        return tuple(value.text() for value in (self.items() if self.is_list or self.is_missing else [self]))

    def fields(self, example: str = "") -> dict[str, Value]:
        """Return its fields by name; empty if it is absent. A duplicate name is an error."""
        if not (self.is_missing or self.is_mapping):
            expected = "indented lines of `field: value` below it"
            self.fail("does not hold fields", expected, example or self._example("{field: value}"))
        return self._fields

    def only(self, *known: str, example: str = "") -> Value:
        """Return this value if it has only fields in `known`."""
        for name, value in self.fields(example).items():
            if name not in known:
                value.fail("is not a field here", f"one of {', '.join(known)}", example or f"{known[0]}: ...")
        return self

    def get(self, name: str) -> Value:
        """Return the field of this name; a missing value if it is absent."""
        return self.fields().get(name) or self._below(self._path(name), None, self.line)

    def __getitem__(self, name: str) -> Value:
        """Return the field of this name, which is required."""
        found = self.get(name)
        if found.is_missing:
            found.fail("is missing", f"a line `{name}: ...`", found._example("..."))
        return found

    def __contains__(self, name: str) -> bool:
        return name in self.fields()

    def data(self) -> Any:
        """Return its YAML value: None, numbers, flags, texts, lists and dicts of them."""
        if self.is_missing:
            return None
        if self.is_list:
            return [item.data() for item in self.items()]
        if self.is_mapping:
            return {name: value.data() for name, value in self.fields().items()}
        assert isinstance(self.node, ScalarNode)
        make = _KINDS.get(self.node.tag)
        return make(self.node.value) if make else self.fail("is of an unknown kind", "a text, a number, true or false")

    def scalars(self) -> Iterator[str]:
        """Yield every text in it, at any depth."""
        if self.is_list or self.is_mapping:
            for value in self.items() if self.is_list else self.fields().values():
                yield from value.scalars()
        else:
            yield self.text(default="")

    @cached_property
    def _fields(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, node in () if self.node is None or self.is_missing else self.node.value:
            line = int(key.start_mark.line) + 1
            if not isinstance(key, ScalarNode):
                self.fail("has a key that is not a word", EXPECTED, EXAMPLE, line=line)
            value = self._below(self._path(str(key.value)), node, line)
            first = found.setdefault(str(key.value), value)
            if first is not value:
                value.fail(f"is here a second time (first in line {first.line})", "each name once", "remove one")
        return found

    def _path(self, name: str) -> str:
        return f"{self.name}.{name}" if self.name else name

    def _below(self, name: str, node: Node | None, line: int) -> Value:
        value = Value(self.file, name, line, node, self.error, self.depth + 1)
        if value.depth > MAX_DEPTH:
            value.fail("is nested too deep", EXPECTED, EXAMPLE)
        return value

    def _example(self, text: str) -> str:
        key = self.name.rpartition(".")[2]
        return f"- {text}" if key.endswith("]") else f"{key or 'name'}: {text}"


def read(
    path: Path,
    error: type[ConfigurationError] = ConfigurationError,
    *,
    name: str | None = None,
    expected: str = "a readable file",
    example: str = EXAMPLE,
) -> Value:
    """Read the root of a file, called `name` in errors; `expected` and `example` describe a missing one.

    Raises:
        ConfigurationError: as `error`; the file is missing, empty, not UTF-8 or not YAML.
    """
    file = name or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise error(file, None, "is not plain text", "a file saved as UTF-8", EXAMPLE) from None
    except OSError as problem:
        raise error(file, None, f"cannot be read ({problem.strerror})", expected, example) from None
    return parse(text, file, error)


def parse(text: str, file: str, error: type[ConfigurationError] = ConfigurationError) -> Value:
    """Parse the root of a file's text. Raises ConfigurationError, as `error`, where it is empty or not YAML."""
    try:
        node = _composed(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise error(file, mark.line + 1 if mark else None, _syntax(problem), EXPECTED, EXAMPLE) from None
    except ReaderError as problem:
        line = text.count("\n", 0, int(problem.position)) + 1
        raise error(file, line, "holds an unreadable sign", "letters, digits and signs", EXAMPLE) from None
    except RecursionError:
        raise error(file, None, "is nested too deep", EXPECTED, EXAMPLE) from None
    except (YAMLError, ValueError):
        raise error(file, None, "is not valid YAML", EXPECTED, EXAMPLE) from None
    if node is None:
        raise error(file, 1, "is empty", EXPECTED, EXAMPLE)
    return Value(file, "", node.start_mark.line + 1, node, error)


class _Scalars(BaseResolver):
    """Resolution of scalars to numbers, flags or null by YAML 1.2; PyYAML follows 1.1, in which `no` is false."""


for _tag, _pattern, _beginnings in (
    (NULL, r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    (f"{TAG}bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    (f"{TAG}int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        f"{TAG}float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    _Scalars.add_implicit_resolver(_tag, re.compile(f"(?:{_pattern})$"), _beginnings)


class _Careful(Reader, Scanner, Parser, Composer, SafeConstructor, _Scalars):
    """The slow loader, whose errors say what is wrong and where."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        for part in (Scanner, Parser, Composer, SafeConstructor, _Scalars):
            part.__init__(self)


try:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:  # PyYAML was built without libyaml
    _Fast = _Careful
else:

    class _Fast(CParser, SafeConstructor, _Scalars):  # type: ignore[no-redef]
        """The loader that is twenty times as fast."""

        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            SafeConstructor.__init__(self)
            _Scalars.__init__(self)


def _composed(text: str) -> Node | None:
    try:
        return _Fast(text).get_single_node()
    except YAMLError:
        return _Careful(text).get_single_node()


_KINDS: dict[str, Any] = {
    f"{TAG}str": str,
    f"{TAG}bool": lambda text: text.lower() == "true",
    f"{TAG}int": lambda text: int(text, 0) if text[:2] in ("0o", "0x") else int(text),
    f"{TAG}float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
}


def _syntax(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "unknown")
    return "a tab; indent with spaces" if "'\\t'" in problem else f"is not valid YAML: {problem}"
