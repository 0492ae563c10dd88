from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tools.checks.project import MOST_LINES, Project, check_hygiene

Break = Callable[[str, str, str], Project]


def test_good_project_is_green(project: Project) -> None:
    assert check_hygiene(project) == []


@pytest.mark.parametrize("path", ["lamoon/__pycache__/x.pyc", "models/x.json", "reports/r.md", "x.tar.gz", ".venv/x"])
def test_generated_file(broken: Break, path: str) -> None:
    (problem,) = check_hygiene(broken(path, "", "x\n"))
    assert (problem.file, problem.what) == (path, "is a generated file")


def test_ignored_file_in_git(project: Project) -> None:
    (problem,) = check_hygiene(replace(project, ignored=("notes.log",)))
    assert problem.file == "notes.log"


def test_code_file_that_is_too_long(broken: Break) -> None:
    assert check_hygiene(broken("lamoon/long.py", "", "#\n" * MOST_LINES)) == []
    assert check_hygiene(broken("data/long.yml", "", "#\n" * (MOST_LINES + 1))) == []
    (problem,) = check_hygiene(broken("lamoon/long.py", "", "#\n" * (MOST_LINES + 1)))
    assert problem.what == f"has {MOST_LINES + 1} lines"
