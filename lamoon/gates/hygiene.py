"""Addresses of package registries, paths of one machine, generated files, and code files that are too long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lamoon.gates.problem import Problem
from lamoon.gates.project import Project

MOST_LINES = 400
CODE = (".py", ".sh", ".js", ".ts", ".css", "Makefile")
GENERATED = re.compile(
    r"(^|/)(__pycache__|models|reports|results|var|node_modules|\.rasa|\.venv[^/]*)/|\.(pyc|tar\.gz)$"
)
_REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.(npmjs\.org|yarnpkg\.com)|proxy\.golang\.org|static\.crates\.io"
    r"|--(extra-)?index-url",
    re.IGNORECASE,
)
_MACHINE_PATH = re.compile(r"(?<![\w./~)}-])/(work|root)/")


def check(project: Project) -> list[Problem]:
    """Looks at every file."""
    problems = [Problem(path, None, "is in git although .gitignore names it", "git rm") for path in project.ignored]
    for path, text in project.files.items():
        problems += _file(path, text)
    return problems


def _file(path: str, text: str) -> Iterator[Problem]:
    lines = text.splitlines()
    if GENERATED.search(path):
        yield Problem(path, None, "is a generated file", "only what people write")
    if path.endswith(CODE) and len(lines) > MOST_LINES:
        yield Problem(path, None, f"has {len(lines)} lines", f"at most {MOST_LINES}, in files with one purpose each")
    for found in _REGISTRY.finditer(text):
        what = f"names a package registry: {found.group()!r}"
        yield Problem(path, _line(text, found), what, "no address: the client knows it")
    for found in _MACHINE_PATH.finditer(text):
        what = f"names a path of one machine: {found.group()!r}"
        yield Problem(path, _line(text, found), what, "a path from the project")


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
