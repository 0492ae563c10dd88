"""The layers of `pyproject.toml`, held by import-linter: this project keeps them, and a planted violation breaks them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lamoon.project import PROJECT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Return what import-linter says of the project in `folder`."""
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code alone, to break."""
    for name in ("lamoon", "actions", "tools"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_this_project_keeps_them() -> None:
    done = lint(PROJECT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("lamoon/chat/hub.py", "from lamoon.desk import accounts"),
        ("lamoon/storage/time.py", "from lamoon.booking import request"),
        ("lamoon/errors.py", "from tools.checks import project"),
        ("lamoon/chat/turns.py", "import rasa"),
        ("lamoon/booking/store.py", "import actions"),
    ],
)
def test_a_planted_violation_is_red(copy: Path, module: str, line: str) -> None:
    with (copy / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_a_room_that_no_layer_names_is_red(copy: Path) -> None:
    (copy / "lamoon" / "attic.py").touch()
    assert lint(copy).returncode == 1
