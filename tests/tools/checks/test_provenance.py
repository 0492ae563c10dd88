from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lamoon.errors import ConfigurationError
from tools.checks.knowledge import check_provenance
from tools.checks.project import Project, load_project

ROOT = Path(__file__).parents[3]
ANSWERS = Path("data/responses/faq.yml")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "studio.yml", tmp_path)
    return tmp_path


def test_copy_of_the_project_is_green(copy: Path) -> None:
    assert check_provenance(load_project(copy)) == []


def test_number_that_the_guide_does_not_give(copy: Path) -> None:
    text = (copy / ANSWERS).read_text()
    assert "for 3 to 5 minutes" in text
    (copy / ANSWERS).write_text(text.replace("for 3 to 5 minutes", "for 3 to 7 minutes", 1))
    problems = check_provenance(load_project(copy))
    assert any("'7'" in problem.what for problem in problems)
    line = text.splitlines().index("  utter_faq/how_it_works:") + 1
    assert (ANSWERS.as_posix(), line) in {(problem.file, problem.line) for problem in problems}


def test_project_without_a_folder_is_no_success(project: Project) -> None:
    with pytest.raises(ConfigurationError):
        check_provenance(project)
