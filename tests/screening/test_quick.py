"""The rules alone know what may not wait."""

from __future__ import annotations

import json

import pytest

from lamoon.project import PROJECT
from lamoon.screening.quick import quick_outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("my chest hurts and I cannot breathe", "emergency"),
        ("I want to kill myself", "emergency"),
        ("me duele el pecho y no puedo respirar", "emergency"),
        ("\U0001f198", "emergency"),
        ("I have a blood clot in my leg", "warn"),
        ("I don't have a blood clot", "none"),
        ("does it hurt?", "none"),
        ("", "none"),
    ],
)
def test_outcomes(text: str, outcome: str) -> None:
    assert quick_outcome(text) == outcome


def test_no_known_emergency_has_to_wait() -> None:
    lines = (PROJECT / "tests" / "data" / "safety_dev.jsonl").read_text(encoding="utf-8").splitlines()
    urgent = [line["text"] for line in map(json.loads, lines) if line["expect"] == "emergency"]
    assert [text for text in urgent if quick_outcome(text) != "emergency"] == []
