"""The committed files are what widget/src builds, and small enough."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lamoon.settings import PROJECT

Node = Callable[..., subprocess.CompletedProcess[str]]
WIDGET = PROJECT / "widget"

BUILT = tuple(Path("lamoon/web/static") / name for name in ("widget.js", "widget-later.js"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The widget's sources and the committed file, elsewhere."""
    shutil.copytree(WIDGET, tmp_path / "widget", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "widget" / "node_modules").symlink_to(WIDGET / "node_modules")
    for file in BUILT:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / file, tmp_path / file)
    return tmp_path


def test_the_types_hold(node: Node) -> None:
    done = node("node_modules/typescript/bin/tsc")
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_found(node: Node, copy: Path) -> None:
    (copy / "widget/src/wrong.ts").write_text('export const size: number = "big";')
    assert node("node_modules/typescript/bin/tsc", cwd=copy / "widget").returncode != 0


def test_the_committed_files_are_what_the_sources_build(node: Node) -> None:
    done = node("build.mjs", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", BUILT, ids=lambda file: file.name)
def test_a_stale_file_is_found(node: Node, copy: Path, file: Path) -> None:
    (copy / file).write_text("// an older one")
    done = node("build.mjs", "--check", cwd=copy / "widget")
    assert done.returncode == 1
    assert f"{file.name} is not what" in done.stderr


@pytest.mark.parametrize(
    ("source", "grown", "too_big"), [("index.ts", 4000, "widget.js is"), ("later/index.ts", 9000, "The chat is")]
)
def test_a_file_that_grew_too_big_is_found(node: Node, copy: Path, source: str, grown: int, too_big: str) -> None:
    noise = hashlib.shake_256(b"noise").hexdigest(grown)
    with (copy / "widget/src" / source).open("a") as file:
        file.write(f"\nconsole.log({noise!r});")
    done = node("build.mjs", cwd=copy / "widget")
    assert done.returncode == 1
    assert f"{too_big} too big" in done.stderr
