"""A working day at the desk, and requests, in real Chromium; the tests are widget/tests/desk-work.mjs and desk-requests.mjs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from widget.conftest import SIGN_IN
from widget.desk_of_script import desk_of_script
from widget.filled_desk import fill

Node = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("part", ["desk-work.mjs", "desk-requests.mjs"])
def test_a_filled_desk_in_the_browser(node: Node, chromium: str, tmp_path: Path, part: str) -> None:
    with desk_of_script(tmp_path) as (url, store):
        found = {"GATEWAY": url, "FILLED": json.dumps(fill(url, store)), "CHROMIUM": chromium, **SIGN_IN}
        done = node("--test", "--test-reporter=spec", f"tests/{part}", **found)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
