"""Statements of answers that the guide does not bear out, as `lamoon.knowledge.provenance` finds them."""

from __future__ import annotations

import re
from pathlib import Path

from lamoon.errors import ConfigurationError
from lamoon.knowledge import provenance
from tools.checks.project import Problem, Project


def check(project: Project) -> list[Problem]:
    """All checks of the knowledge files, which are read from the project's folder."""
    if project.root is None:
        raise ConfigurationError("data/", None, "is in memory only", "a project in a folder", "load_project(Path())")
    return [_located(problem, project, project.root) for problem in provenance.check_project(project.root)]


def _located(problem: provenance.UnsupportedClaim, project: Project, root: Path) -> Problem:
    path = Path(problem.file)
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else problem.file
    key = re.compile(rf"^\s*{re.escape(problem.key)}:", re.MULTILINE)
    match = key.search(project.files.get(file, ""))
    line = project.files[file].count("\n", 0, match.end()) + 1 if match else None
    return Problem(file, line, f"{problem.key}: {problem.what}", problem.expected)
