"""The widget in real Chromium on the real assistant. The tests themselves are widget/tests/*.test.mjs, a file a subject."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lamoon.settings import PROJECT

Node = Callable[..., subprocess.CompletedProcess[str]]

FILES = sorted(path.name for path in (PROJECT / "widget" / "tests").glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES)
def test_in_the_browser(node: Node, chromium: str, gateway: str, file: str) -> None:
    done = node("--test", "--test-reporter=spec", f"tests/{file}", GATEWAY=gateway, CHROMIUM=chromium)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_a_failure_in_the_browser_fails_here(node: Node, tmp_path: Path) -> None:
    (tmp_path / "red.test.mjs").write_text('import { test } from "node:test"; test("red", () => { throw 1; });')
    assert node("--test", "red.test.mjs", cwd=tmp_path).returncode == 1
