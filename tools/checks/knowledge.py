"""The catalogue of conditions, and statements of answers without support in the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lamoon.errors import ConfigurationError
from lamoon.knowledge import facts, load_topics, provenance
from lamoon.knowledge.article_index import load_index
from lamoon.yaml_file import Value
from tools.checks.project import Problem, Project

CATALOGUE = "lamoon/screening/catalogue/"
NEEDED = {
    "title": "what replies call it, such as `title: a blood clot`",
    "severity": "how serious it is, such as `severity: ask_doctor`",
    "source": "who says so, such as `source: the guide`",
}


def check_conditions(project: Project) -> list[Problem]:
    """Conditions of the screening that have no title or severity, or name no source."""
    return [problem for name, entry in conditions(project) for problem in _incomplete(name, entry)]


def conditions(project: Project) -> Iterator[tuple[str, Value]]:
    """Yield id and entry of every condition, file by file. Raises ConfigurationError if there is none at all."""
    found = False
    for path, _ in project.under(CATALOGUE, ".yml"):
        for name, entry in project.yaml(path).get("conditions").fields().items():
            found = True
            yield name, entry
    if not found:
        raise ConfigurationError(CATALOGUE, None, "holds no condition", "a part `conditions`", "conditions:")


def field_text(entry: Value, field: str) -> str:
    """Return the text of an entry's field on one line; empty if it is missing."""
    return entry.get(field).one_line(default="")


def _incomplete(name: str, entry: Value) -> Iterator[Problem]:
    for field, expected in NEEDED.items():
        if not field_text(entry, field):
            yield Problem(entry.file, entry.line, f"{name} has no {field}", expected)


def check_provenance(project: Project) -> list[Problem]:
    """Statements of answers without support in the guide, found by `lamoon.knowledge.provenance`."""
    if project.root is None:
        raise ConfigurationError("data/", None, "is in memory only", "a project in a folder", "load_project(Path())")
    return [_located(problem, project, project.root) for problem in provenance.check_project(project.root)]


def check_facts(project: Project) -> list[Problem]:
    """Facts that the guide does not support, silent ones that claim something, and duplicate questions."""
    if project.root is None:
        raise ConfigurationError("data/", None, "is in memory only", "a project in a folder", "load_project(Path())")
    data = project.root / "data"
    known = facts.load_facts(data / "facts")
    index = load_index(data / "article_index.json")
    problems = facts.check_facts(known, load_topics(data / "topics.yml"), index, data / "facts")
    lines = {fact.id: fact.line for fact in known.by_id.values()}
    return [
        Problem(
            Path(problem.file).relative_to(project.root).as_posix(),
            lines.get(problem.key),
            f"{problem.key}: {problem.what}",
            problem.expected,
        )
        for problem in problems
    ]


def _located(problem: provenance.UnsupportedClaim, project: Project, root: Path) -> Problem:
    path = Path(problem.file)
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else problem.file
    key = re.compile(rf"^\s*{re.escape(problem.key)}:", re.MULTILINE)
    match = key.search(project.files.get(file, ""))
    line = project.files[file].count("\n", 0, match.end()) + 1 if match else None
    return Problem(file, line, f"{problem.key}: {problem.what}", problem.expected)
