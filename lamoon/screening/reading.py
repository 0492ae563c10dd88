"""Reads the YAML files of the catalogue so that every complaint names its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import yaml

from lamoon.screening.errors import CatalogueError

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Located:
    """A text and the line it stands in, counted from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Part:
    """A value of a YAML file, with the place where it stands."""

    file: Path
    node: yaml.Node
    name: str

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, problem: str, expected: str, example: str, line: int | None = None) -> NoReturn:
        """Raise CatalogueError for this place."""
        raise CatalogueError(str(self.file), line or self.line, problem, expected, example)

    def fields(self, allowed: frozenset[str] | None = None) -> dict[str, Part]:
        """The parts below, by name. `allowed` None takes any name of small letters, digits and underscores."""
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong(f"'{self.name}' is not a list of names with values", "names, each with a colon", "blood_clot:")
        found: dict[str, Part] = {}
        for key, value in self.node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in found:
                self.wrong(f"'{name}' stands here a second time", "each name once", f"{name}:", line)
            if allowed is not None and name not in allowed:
                self.wrong(
                    f"unknown name '{name}' in '{self.name}'", "one of: " + ", ".join(sorted(allowed)), "title:", line
                )
            if not _NAME.fullmatch(name):
                self.wrong(f"'{name}' cannot be a name", "small letters, digits and underscores", "blood_clot:", line)
            found[name] = Part(self.file, value, name)
        return found

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.wrong(f"'{self.name}' is empty", "a text", f"{self.name}: a blood clot")
        return " ".join(str(self.node.value).split())

    def flag(self) -> bool:
        """true or false."""
        value = self.node.value if isinstance(self.node, yaml.ScalarNode) else None
        if value not in ("true", "false"):
            self.wrong(f"'{self.name}' is '{value}'", "true or false", f"{self.name}: true")
        return bool(value == "true")

    def one_of(self, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text()
        if value not in choices:
            self.wrong(f"'{self.name}' is '{value}'", "one of: " + ", ".join(choices), f"{self.name}: {choices[0]}")
        return value

    def items(self) -> list[Part]:
        """The parts of a YAML list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.wrong(f"'{self.name}' is not a list", "a list", f"{self.name}: [leg, swollen]")
        return [Part(self.file, node, self.name) for node in self.node.value]

    def patterns(self) -> list[Located]:
        """The patterns of a block text, separated by commas; a line break is a space."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.wrong(
                f"'{self.name}' is not a block of patterns",
                "patterns with commas between, after a bar",
                f"{self.name}: |",
            )
        first = self.line + (1 if self.node.style in ("|", ">") else 0)
        found, line = [], first
        for piece in str(self.node.value).split(","):
            lead = len(piece) - len(piece.lstrip())
            start = line + piece[:lead].count("\n")
            if piece.strip():
                found.append(Located(" ".join(piece.split()), start))
            line += piece.count("\n")
        if not found:
            self.wrong(f"'{self.name}' is empty", "at least one pattern", f"{self.name}: |")
        return found


def read_files(path: Path) -> Iterator[Part]:
    """The root of every catalogue file: of all `*.yml` in a folder, or of one file.

    Raises:
        CatalogueError: nothing is there, or a file is no YAML.
    """
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    if not files:
        raise CatalogueError(
            str(path), None, "no catalogue file is here", "a folder with *.yml files", "conditions.yml"
        )
    for file in files:
        yield Part(file, _compose(file), file.name)


def _compose(file: Path) -> yaml.Node:
    expected, example = (
        "YAML: names with colons, indented with spaces",
        "conditions:\n  blood_clot:\n    title: a blood clot",
    )
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(str(file), None, f"cannot be read ({error})", "a readable UTF-8 file", example) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CatalogueError(str(file), line, f"is no YAML ({error.problem})", expected, example) from None
    except yaml.YAMLError as error:
        raise CatalogueError(str(file), None, f"is no YAML ({error})", expected, example) from None
    if node is None:
        raise CatalogueError(str(file), 1, "is empty", expected, example)
    return node
