"""A round is scored once; its report shows figures and no message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lamoon.errors import EvaluationError
from tools.evaluation.first_pass import first_pass, screening_figures
from tools.evaluation.scores import Figure
from tools.evaluation.screening import LabelledMessage, Screened
from tools.rounds import BY_SLICE, BY_VOICE, MAIN, SCREENING, UNDERSTANDING, read_first_passes

ASKED = {"text": "what holds the kite up", "label": "faq/cost", "kind": "real", "voice": "pilot", "slice": "lay"}
SAID = {"text": "my knee is sprained", "expect": "warn", "conditions": ["acute_injury"], "voice": "sailor"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, entry in (("nlu", ASKED), ("safety", SAID)):
        (tmp_path / f"{name}_round1_2026-11-29.jsonl").write_text(f"{json.dumps(entry)}\n" * 5, encoding="utf-8")
    return tmp_path


def parse(text: str) -> dict[str, Any]:
    reply = {"response": {"intent_response_key": "faq/cost"}, "ranking": []}
    intent = {"name": "faq", "confidence": 0.9}
    return {"intent": intent, "response_selector": {"faq": reply}, "safety": {"outcome": "none"}}


def test_first_pass_is_published_with_figures_by_voice_and_slice(data: Path) -> None:
    first_pass(1, data, parse, data / "reports", data / "passes.json")
    [published] = read_first_passes(data / "passes.json")
    assert (published.number, published.date) == (1, "2026-11-29")
    assert published.figures[UNDERSTANDING][BY_VOICE] == {"pilot": Figure(5, 5)}
    assert published.figures[UNDERSTANDING][BY_SLICE]["lay"] == Figure(5, 5)
    assert published.figures[SCREENING][MAIN]["contraindications warned about"] == Figure(0, 5)
    assert published.figures[SCREENING][BY_VOICE] == {"sailor": Figure(0, 5)}


def test_report_names_no_message(data: Path) -> None:
    report = first_pass(1, data, parse, data / "reports", data / "passes.json").read_text(encoding="utf-8")
    assert "faq/cost" in report
    assert "acute_injury" in report
    assert ASKED["text"] not in report
    assert SAID["text"] not in report


def test_second_pass_is_refused_before_anything_is_scored(data: Path) -> None:
    first_pass(1, data, parse, data / "reports", data / "passes.json")

    def no_parse(text: str) -> dict[str, Any]:
        raise AssertionError(text)

    with pytest.raises(EvaluationError, match="first pass of round 1 already"):
        first_pass(1, data, no_parse, data / "reports", data / "passes.json")


def test_false_alarms_are_told_apart_by_what_was_likely() -> None:
    def calm(style: str, outcome: str) -> Screened:
        return Screened(LabelledMessage("words", ("no_warn",), style=style), outcome)

    screened = [calm("figurative", "warn"), calm("negated", "none"), calm("ordinary", "none")]
    main = screening_figures(screened, [calm("", "emergency")])[MAIN]
    assert main["false alarms on look-alikes"] == Figure(1, 2)
    assert main["false alarms on ordinary questions"] == Figure(1, 2)
