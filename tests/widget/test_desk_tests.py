"""Try it, saved tests and review by keyboard in real Chromium; the tests themselves are widget/tests/desk-tests.mjs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from widget.conftest import SIGN_IN
from widget.desk_of_script import desk_of_script

Node = Callable[..., subprocess.CompletedProcess[str]]


def test_the_team_tests_and_reviews_by_keyboard(node: Node, chromium: str, tmp_path: Path) -> None:
    with desk_of_script(tmp_path) as (url, _):
        done = node("--test", "--test-reporter=spec", "tests/desk-tests.mjs", GATEWAY=url, CHROMIUM=chromium, **SIGN_IN)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
