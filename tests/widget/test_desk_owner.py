"""The owner's pages in real Chromium on the real assistant; the test itself is widget/tests/desk-owner.mjs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from widget.conftest import SIGN_IN

Node = Callable[..., subprocess.CompletedProcess[str]]


def test_the_owner_runs_the_studio_in_the_browser(node: Node, chromium: str, desk_door: str) -> None:
    done = node(
        "--test", "--test-reporter=spec", "tests/desk-owner.mjs", GATEWAY=desk_door, CHROMIUM=chromium, **SIGN_IN
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
