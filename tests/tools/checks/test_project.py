"""How checks read a project, what they say of one that cannot be read, and that this project passes every check."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from lamoon.errors import ConfigurationError
from tools.checks.__main__ import CHECKS, main
from tools.checks.documentation import REFERENCE, checks
from tools.checks.project import Problem, Project, load_project

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def real() -> Project:
    return load_project(ROOT)


@pytest.fixture(scope="module")
def checked() -> tuple[dict[str, list[Problem]], float]:
    """What each check finds in this project, and the seconds of processor that all took together."""
    start = time.process_time()
    project = load_project(ROOT)
    found = {name: [*check(project)] for name, check in CHECKS.items()}
    return found, time.process_time() - start


@pytest.mark.parametrize("name", CHECKS)
def test_this_project_is_green(checked: tuple[dict[str, list[Problem]], float], name: str) -> None:
    assert "\n".join(map(str, checked[0][name])) == ""


def test_every_check_is_registered(real: Project) -> None:
    assert {name.strip("`") for name, _ in checks(real)} == set(CHECKS)


def test_all_checks_together_take_seconds(checked: tuple[dict[str, list[Problem]], float]) -> None:
    assert checked[1] < 60


@pytest.fixture
def folder(project: Project, tmp_path: Path) -> Path:
    for path, text in project.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def test_files_come_from_git_where_there_is_one(folder: Path, project: Project) -> None:
    git(folder, "init")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "old.log").write_text("x")
    (folder / "new.log").write_text("x")
    git(folder, "add", "--force", "old.log", "Makefile")
    (folder / "gone.txt").write_text("x")
    git(folder, "add", "gone.txt")
    (folder / "gone.txt").unlink()
    loaded = load_project(folder)
    assert loaded.files.keys() == {*project.files, ".gitignore", "old.log"}
    assert loaded.ignored == ("old.log",)


def test_files_come_from_the_folder_where_there_is_no_git(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    for path in ("models/x.json", ".venv/x.py", "lamoon/__pycache__/x.py"):
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text("x")
    (folder / "picture.png").write_bytes(b"\xff\xfe")
    assert load_project(folder).files == project.files


def test_text_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "data/nlu.yml").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"nlu\.yml: is not UTF-8"):
        load_project(folder)


def test_problem_reads_like_a_compilers() -> None:
    assert str(Problem("a.yml", 3, "is wrong", "right")) == "a.yml:3: is wrong (expected right)"
    assert str(Problem("a.yml", None, "is wrong", "right")) == "a.yml: is wrong (expected right)"


def test_command_prints_problems_and_counts_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intents", "answers"], folder) == 0
    assert capsys.readouterr().out == "2 checks, 0 problems\n"
    (folder / REFERENCE).write_text("")
    assert main(["documentation"], folder) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith(f"{REFERENCE}: is stale (expected ")
    assert printed[-1] == f"1 check, {len(printed) - 1} problems"


def test_command_writes_the_reference(folder: Path) -> None:
    (folder / REFERENCE).write_text("")
    assert main(["--write-reference"], folder) == 0
    assert main(["documentation"], folder) == 0


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("domain.yml", "intents: [", "domain.yml, line 1: is not valid YAML"),
        ("domain.yml", "", "domain.yml, line 1: is empty"),
        ("domain.yml", "intents: greet", "domain.yml, line 1: intents: is not a list"),
        (
            "data/nlu.yml",
            "nlu:\n- intent: greet\n  examples: |\n    hello\n",
            "data/nlu.yml, line 4: nlu[1].examples: 'hello' is not a phrase of greet",
        ),
        ("data/rules.yml", "rules:\n  - steps: []\n", "data/rules.yml, line 2: rules[1].rule: is missing"),
        ("data/topics.yml", "topics:\n  - id: wind\n", "data/topics.yml, line 2: topics[1].title: is missing"),
        ("config.yml", "a: \x01", "config.yml, line 1: holds an unreadable sign"),
    ],
)
def test_unreadable_input_is_two(
    folder: Path, path: str, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / path).write_text(text)
    assert main([], folder) == 2
    assert capsys.readouterr().err.startswith(message)


def test_unknown_check_is_two(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intentz"], folder) == 2
    assert "Expected --write-reference or checks of: rule_contradictions" in capsys.readouterr().err
