"""The bicycles of docs/extending.md; run by tests/test_extending.py in a copy of the project that has an answer for them."""

from __future__ import annotations

from lamoon.project import PROJECT
from tools.checks.project import load_project

LABEL = "out_of_scope/bicycles"


def test_its_phrases_are_answered() -> None:
    assistant = load_project(PROJECT).assistant
    assert len(assistant.by_label[LABEL]) >= 15
    (response,) = [response for response in assistant.responses if response.name == f"utter_{LABEL}"]
    assert "bicycles" in response.texts[0][0]
