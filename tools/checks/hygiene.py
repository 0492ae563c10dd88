"""Generated or ignored files that are committed, and code files that are too long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks.project import Problem, Project

MOST_LINES = 400
CODE = (".py", ".sh", ".js", ".ts", ".css", "Makefile")
GENERATED = re.compile(
    r"(^|/)(__pycache__|models|reports|results|var|node_modules|\.rasa|\.venv[^/]*)/|\.(pyc|tar\.gz)$"
)


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
