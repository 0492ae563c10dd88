"""The owner's pages in real Chromium on the real assistant; the tests themselves are widget/tests/desk-owner.mjs and desk-publish.mjs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from scenarios.assistant import Assistant
from widget.conftest import SIGN_IN

from lamoon.storage.database import Database
from lamoon.teaching.lessons import Lesson, Lessons

Node = Callable[..., subprocess.CompletedProcess[str]]


def test_the_owner_runs_the_studio_in_the_browser(node: Node, chromium: str, desk_door: str) -> None:
    done = node(
        "--test", "--test-reporter=spec", "tests/desk-owner.mjs", GATEWAY=desk_door, CHROMIUM=chromium, **SIGN_IN
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("state", ["working", "ready", "failed"])
def test_a_publication_reads_well_in_each_state(
    node: Node, chromium: str, desk_door: str, assistant: Assistant, state: str
) -> None:
    database = Database(assistant.servers.settings.database_url.reveal())
    lessons = Lessons(database)
    draft = lessons.save(
        Lesson("question", "out_of_scope/bikes", "Is there a rack?", "Yes.", ("bike rack?",), (), "Olivia")
    )
    number = lessons.begin("Olivia")
    lessons.note(number, state=state, step="Learning", report=["29 questions get the same answers."], problems=["Why."])
    try:
        done = node("--test", "tests/desk-publish.mjs", GATEWAY=desk_door, CHROMIUM=chromium, STATE=state, **SIGN_IN)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    finally:
        lessons.note(number, state="dropped")
        lessons.drop(draft)
        database.close()
