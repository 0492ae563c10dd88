"""Conditions of the screening that are not called anything, have no severity, or name no source."""

from __future__ import annotations

from collections.abc import Iterator

from lamoon.errors import ConfigurationError
from lamoon.yaml_file import Value
from tools.checks.project import Problem, Project

CATALOGUE = "lamoon/screening/catalogue/"
NEEDED = {
    "title": "what replies call it, such as `title: a blood clot`",
    "severity": "how serious it is, such as `severity: ask_doctor`",
    "source": "who says so, such as `source: the guide`",
}


def check(project: Project) -> list[Problem]:
    """Reads every entry of the catalogue."""
    return [problem for name, entry in conditions(project) for problem in _incomplete(name, entry)]


def conditions(project: Project) -> Iterator[tuple[str, Value]]:
    """Id and entry of every condition, file by file. Raises ConfigurationError where there is none at all."""
    found = False
    for path, _ in project.under(CATALOGUE, ".yml"):
        for name, entry in project.yaml(path).get("conditions").fields().items():
            found = True
            yield name, entry
    if not found:
        raise ConfigurationError(CATALOGUE, None, "holds no condition", "a part `conditions`", "conditions:")


def told(entry: Value, field: str) -> str:
    """What an entry says in a field, on one line; empty where it says nothing."""
    return entry.get(field).one_line(default="")


def _incomplete(name: str, entry: Value) -> Iterator[Problem]:
    for field, expected in NEEDED.items():
        if not told(entry, field):
            yield Problem(entry.file, entry.line, f"{name} has no {field}", expected)
