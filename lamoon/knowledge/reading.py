"""YAML files read with the line of every value, so that an error can name the place to mend."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import yaml


class KnowledgeError(ValueError):
    """A knowledge file that cannot be used; the message starts with file and line."""


@dataclass(frozen=True)
class Value:
    """One value of a YAML file and where it stands."""

    file: str
    node: yaml.Node

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def error(self, message: str) -> KnowledgeError:
        return KnowledgeError(f"{self.file}:{self.line}: {message}")

    def text(self, what: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not str(self.node.value).strip():
            raise self.error(f"{what}: expected a text")
        return str(self.node.value)

    def integer(self, what: str) -> int:
        text = self.text(what)
        if not text.isascii() or not text.isdigit():
            raise self.error(f"{what}: expected a whole number, found {text!r}")
        return int(text)

    def items(self, what: str) -> list[Value]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"{what}: expected a list")
        return [Value(self.file, node) for node in self.node.value]

    def fields(self, what: str) -> dict[str, Value]:
        """The entries of a mapping by name; a name that stands twice is an error, which plain YAML loading hides."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"{what}: expected named fields")
        found: dict[str, Value] = {}
        for key_node, value_node in self.node.value:
            key = Value(self.file, key_node)
            name = key.text("name")
            if name in found:
                raise key.error(f"{what}: {name!r} stands here a second time (first in line {found[name].line})")
            found[name] = Value(self.file, value_node)
        return found

    def record(self, what: str, required: Set[str], optional: Set[str] = frozenset()) -> dict[str, Value]:
        """The entries of a mapping that has exactly the known fields."""
        found = self.fields(what)
        for name in sorted(required - found.keys()):
            raise self.error(f"{what}: the field {name!r} is missing")
        for name in sorted(found.keys() - required - optional):
            known = ", ".join(sorted(required | optional))
            raise found[name].error(f"{what}: unknown field {name!r}; known are {known}")
        return found

    def scalars(self) -> Iterator[str]:
        """Every text below this value, at any depth."""
        if isinstance(self.node, yaml.ScalarNode):
            yield str(self.node.value)
        elif isinstance(self.node, yaml.SequenceNode):
            for node in self.node.value:
                yield from Value(self.file, node).scalars()
        elif isinstance(self.node, yaml.MappingNode):
            for _, node in self.node.value:
                yield from Value(self.file, node).scalars()


def read(path: Path) -> Value:
    """The file's single document. Raises KnowledgeError where the file is missing, empty or no YAML."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise KnowledgeError(f"{path}:1: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path}:1: is not UTF-8 text") from error


def parse(text: str, file: str) -> Value:
    """The text's single document; `file` names it in errors. Raises KnowledgeError where it is empty or no YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{file}:{line}: is not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{file}:1: is not valid YAML: {' '.join(str(error).split())}") from error
    if node is None:
        raise KnowledgeError(f"{file}:1: is empty")
    return Value(file, node)
