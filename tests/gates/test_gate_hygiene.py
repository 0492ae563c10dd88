from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lamoon.gates.hygiene import MOST_LINES, check
from lamoon.gates.project import Project

Break = Callable[[str, str, str], Project]
# Put together here, so that this file stays clean itself.
REGISTRY = "py" + "pi.org"
INDEX = "--index" + "-url"
HOME = "/ro" + "ot/"
WORK = "/wo" + "rk/"


def test_good_project_is_green(project: Project) -> None:
    assert check(project) == []


@pytest.mark.parametrize(
    "line",
    [
        f"https://{REGISTRY}/simple",
        f"{INDEX} x",
        f"--extra{INDEX[1:]} x",
        "https://files.python" + "hosted.org/x",
        "registry.npm" + "js.org",
    ],
)
def test_address_of_a_registry(broken: Break, line: str) -> None:
    (problem,) = check(broken("docs/settings.md", "", line + "\n"))
    assert (problem.file, problem.line) == ("docs/settings.md", 2)
    assert "registry" in problem.what


@pytest.mark.parametrize("line", [f"see {WORK}main", f'"{HOME}x"', f"{WORK}"])
def test_path_of_one_machine(broken: Break, line: str) -> None:
    (problem,) = check(broken("lamoon/settings.py", "", f"# {line}\n"))
    assert problem.line == 8
    assert "one machine" in problem.what


@pytest.mark.parametrize("line", [f"src{WORK}x", f"..{WORK}x", f"https://example.com{WORK}", f"home{WORK}school"])
def test_other_paths_are_fine(broken: Break, line: str) -> None:
    assert check(broken("lamoon/settings.py", "", f"# {line}\n")) == []


@pytest.mark.parametrize("path", ["lamoon/__pycache__/x.pyc", "models/x.json", "reports/r.md", "x.tar.gz", ".venv/x"])
def test_generated_file(broken: Break, path: str) -> None:
    (problem,) = check(broken(path, "", "x\n"))
    assert (problem.file, problem.what) == (path, "is a generated file")


def test_ignored_file_in_git(project: Project) -> None:
    (problem,) = check(replace(project, ignored=("notes.log",)))
    assert problem.file == "notes.log"


def test_code_file_that_is_too_long(broken: Break) -> None:
    assert check(broken("lamoon/long.py", "", "#\n" * MOST_LINES)) == []
    assert check(broken("data/long.yml", "", "#\n" * (MOST_LINES + 1))) == []
    (problem,) = check(broken("lamoon/long.py", "", "#\n" * (MOST_LINES + 1)))
    assert problem.what == f"has {MOST_LINES + 1} lines"
