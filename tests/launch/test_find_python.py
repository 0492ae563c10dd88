"""scripts/find-python.sh and scripts/install.sh where there is no Python, a wrong one, or the right one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lamoon.settings import PROJECT

SCRIPT = PROJECT / "scripts" / "find-python.sh"
RIGHT = f'exec {sys.executable} "$@"'
WRONG_VERSION = "exit 1"
Find = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The only folder of programs that the script finds; empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


@pytest.fixture
def find(tools: Path, tmp_path: Path) -> Find:
    """Runs the script with those programs only: the places outside PATH that it looks at too are taken out."""
    script = tmp_path / "find-python.sh"
    text = SCRIPT.read_text(encoding="utf-8")
    assert "/usr/bin/python3.11" in text
    script.write_text(text.replace(" /usr/bin/", f" {tmp_path}/none/"), encoding="utf-8")

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(script)],
            env={"PATH": str(tools), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def program(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_without_any_python_it_says_what_to_install(find: Find) -> None:
    done = find()
    assert (done.returncode, done.stdout) == (1, "")
    assert "No Python 3.11 or 3.12 with venv was found" in done.stderr
    assert "sudo apt-get install python3 python3-venv" in done.stderr
    assert "make run PYTHON=/path/to/python3.12" in done.stderr


@pytest.mark.parametrize("path", ["/nonexistent/python", "python-of-nowhere", "/bin/false"])
def test_a_bad_python_is_named(find: Find, path: str) -> None:
    done = find(PYTHON=path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"PYTHON={path} does not start, is not Python 3.11 or 3.12")
    assert "Expected e.g. PYTHON=/usr/bin/python3.12" in done.stderr


def test_a_bad_python_is_refused_even_where_a_right_one_is_found(find: Find, tools: Path) -> None:
    program(tools, "python3.12", RIGHT)
    assert find(PYTHON="/nonexistent/python").returncode == 1


def test_a_right_python_is_taken_as_it_is_named(find: Find, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    mine = program(folder, "my python", RIGHT)
    done = find(PYTHON=str(mine))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{mine}\n", "")


def test_an_empty_setting_is_no_setting(find: Find, tools: Path) -> None:
    program(tools, "python3.11", RIGHT)
    assert find(PYTHON="").stdout == "python3.11\n"


@pytest.mark.parametrize(
    ("programs", "found"),
    [
        ({"python3": RIGHT}, "python3"),
        ({"python3.11": RIGHT, "python3": RIGHT}, "python3.11"),
        ({"python3.12": RIGHT, "python3.11": RIGHT}, "python3.12"),
        ({"python3.12": WRONG_VERSION, "python3.11": RIGHT}, "python3.11"),
    ],
    ids=str,
)
def test_the_first_that_starts_is_taken(find: Find, tools: Path, programs: dict[str, str], found: str) -> None:
    for name, body in programs.items():
        program(tools, name, body)
    assert find().stdout == f"{found}\n"


def test_a_shim_that_does_not_start_is_passed_over(find: Find, tools: Path) -> None:
    program(tools, "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    done = find()
    assert done.returncode == 1
    assert "No Python 3.11 or 3.12" in done.stderr
    assert "pyenv" not in done.stderr


def test_uv_fetches_one(find: Find, tools: Path, tmp_path: Path) -> None:
    fetched = program(tmp_path, "fetched", RIGHT)
    program(tools, "uv", f'case "$2" in install) exit 0 ;; find) echo {fetched} ;; esac')
    assert find().stdout == f"{fetched}\n"


def test_a_uv_that_cannot_fetch_leads_to_the_same_advice(find: Find, tools: Path) -> None:
    program(tools, "uv", "echo 'no network' >&2; exit 2")
    done = find()
    assert done.returncode == 1
    assert "No Python 3.11 or 3.12" in done.stderr


def test_this_machine_has_one() -> None:
    done = subprocess.run(
        [str(SCRIPT)],
        env={name: value for name, value in os.environ.items() if name != "PYTHON"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_installing_with_a_bad_python_stops_before_it_makes_anything(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    done = subprocess.run(
        ["scripts/install.sh", "runtime"],
        cwd=PROJECT,
        env=os.environ | {"PYTHON": "/nonexistent/python", "VENV": str(venv)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "PYTHON=/nonexistent/python does not start" in done.stderr
    assert not venv.exists()


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_says_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "train", f"VENV={tmp_path / 'venv'}", "PYTHON=/nonexistent/python"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "PYTHON=/nonexistent/python does not start" in done.stderr
