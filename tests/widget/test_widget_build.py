"""The committed widget.js is what widget/src builds, and small enough."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lamoon.settings import PROJECT

Node = Callable[..., subprocess.CompletedProcess[str]]
WIDGET = PROJECT / "widget"

BUILT = Path("lamoon/web/static/widget.js")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The widget's sources and the committed file, elsewhere."""
    shutil.copytree(WIDGET, tmp_path / "widget", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "widget" / "node_modules").symlink_to(WIDGET / "node_modules")
    (tmp_path / BUILT).parent.mkdir(parents=True)
    shutil.copy(PROJECT / BUILT, tmp_path / BUILT)
    return tmp_path


def test_the_types_hold(node: Node) -> None:
    done = node("node_modules/typescript/bin/tsc")
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_found(node: Node, copy: Path) -> None:
    (copy / "widget/src/wrong.ts").write_text('export const size: number = "big";')
    assert node("node_modules/typescript/bin/tsc", cwd=copy / "widget").returncode != 0


def test_the_committed_file_is_what_the_sources_build(node: Node) -> None:
    done = node("build.mjs", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_file_is_found(node: Node, copy: Path) -> None:
    (copy / BUILT).write_text("// an older one")
    done = node("build.mjs", "--check", cwd=copy / "widget")
    assert done.returncode == 1
    assert "npm run build" in done.stderr


def test_a_file_that_grew_too_big_is_found(node: Node, copy: Path) -> None:
    noise = "".join(chr(33 + number * 7919 % 89) + str(number * 104729 % 99991) for number in range(4000))
    with (copy / "widget/src/index.ts").open("a") as source:
        source.write(f"\nconsole.log({noise.encode().hex()!r});")
    done = node("build.mjs", cwd=copy / "widget")
    assert done.returncode == 1
    assert "too big" in done.stderr
