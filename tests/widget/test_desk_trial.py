"""Try it and Tests in real Chromium on the real assistant; the test itself is widget/tests/desk-trial.mjs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from widget.conftest import SIGN_IN

Node = Callable[..., subprocess.CompletedProcess[str]]


def test_the_team_tries_it_in_the_browser(node: Node, chromium: str, desk_door: str) -> None:
    done = node(
        "--test", "--test-reporter=spec", "tests/desk-trial.mjs", GATEWAY=desk_door, CHROMIUM=chromium, **SIGN_IN
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
