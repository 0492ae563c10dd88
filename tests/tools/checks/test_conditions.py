from __future__ import annotations

from collections.abc import Callable

import pytest

from lamoon.errors import ConfigurationError
from tools.checks.knowledge import CATALOGUE, check_conditions
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]
KITES = f"{CATALOGUE}kites.yml"


def test_complete_entries_are_green(project: Project) -> None:
    assert check_conditions(project) == []


@pytest.mark.parametrize("new", ["", "    source:\n", "    source: ''\n"])
def test_condition_without_a_source(broken: Break, new: str) -> None:
    [problem] = check_conditions(broken(KITES, "    source: the weather office\n", new))
    assert (problem.file, problem.line, problem.what) == (KITES, 2, "gale has no source")


@pytest.mark.parametrize(
    ("line", "field"), [("    title: a tangled line\n", "title"), ("    severity: ask_doctor\n", "severity")]
)
def test_condition_that_says_not_what_it_is(broken: Break, line: str, field: str) -> None:
    [problem] = check_conditions(broken(KITES, line, ""))
    assert (problem.line, problem.what) == (6, f"tangle has no {field}")


def test_catalogue_without_conditions_is_not_green(project: Project) -> None:
    files = {path: text for path, text in project.files.items() if path != KITES}
    with pytest.raises(ConfigurationError, match="holds no condition"):
        check_conditions(Project(files))
