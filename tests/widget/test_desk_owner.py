"""The owner's pages in real Chromium on the real assistant; the tests themselves are widget/tests/desk-owner.mjs and desk-publish.mjs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import closing

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


def test_a_publication_reads_well_in_each_state(
    node: Node, chromium: str, desk_door: str, assistant: Assistant
) -> None:
    with closing(Database(assistant.servers.settings.database_url.reveal())) as database:
        lessons = Lessons(database)
        lesson = Lesson("question", "out_of_scope/bikes", "Is there a rack?", "Yes.", ("bike rack?",), (), "Olivia")
        draft = lessons.save(lesson)
        number = lessons.begin("Olivia")
        try:
            for state in ("working", "ready", "failed"):
                report = ["29 questions get the same answers."]
                lessons.note(number, state=state, step="Learning", report=report, problems=["Why."])
                found = {"GATEWAY": desk_door, "CHROMIUM": chromium, "STATE": state, **SIGN_IN}
                done = node("--test", "tests/desk-publish.mjs", **found)
                assert done.returncode == 0, state + done.stdout[-6000:] + done.stderr[-2000:]
        finally:
            lessons.note(number, state="dropped")
            lessons.drop(draft)
