"""Signing in and the desk's Data pages in real Chromium on the real assistant; the test itself is widget/tests/desk-door.mjs."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable

import pytest
from web.visitor import Visitor
from widget.conftest import SIGN_IN

Node = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def door(desk_door: str) -> str:
    """The address of a gateway over the assistant, where Maria has left a message."""
    maria = Visitor(desk_door)
    maria.ask("Do you have evening hours?")
    left = {"name": "Maria Lopez", "contact": "maria@example.com, (212) 555-0143", "text": "Please call me."}
    assert maria.post("message-to-team", client_id=str(uuid.uuid4()), **left, consent=True).status_code == 202
    return desk_door


def test_the_door_and_the_data_pages_in_the_browser(node: Node, chromium: str, door: str) -> None:
    done = node("--test", "--test-reporter=spec", "tests/desk-door.mjs", GATEWAY=door, CHROMIUM=chromium, **SIGN_IN)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
