"""The weights of confidence, learned from questions whose evidence is known."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tools.evaluation.parser import fit_confidence
from tools.labelled import Question

QUESTIONS = [Question(str(number), ("greet",), "other") for number in range(40)]


def parse(text: str) -> dict[str, Any]:
    """Right where the lead is large: every odd number."""
    right = int(text) % 2
    name = "greet" if right else "thank"
    return {
        "intent": {"name": name, "confidence": 0.5},
        "intent_ranking": [{"name": name, "confidence": 0.5}],
        "evidence": {"lead": 3.0 if right else -1.0},
    }


def test_it_prints_lines_for_the_config() -> None:
    found = yaml.safe_load(fit_confidence(QUESTIONS, parse))
    assert set(found) == {"lead_weight", "confidence_bias"}
    assert found["lead_weight"] > 0.5


def test_a_message_without_evidence_is_left_out() -> None:
    def blind(text: str) -> dict[str, Any]:
        parsed = parse(text)
        return parsed if int(text) >= 10 else {name: value for name, value in parsed.items() if name != "evidence"}

    fitted = re.search(r"fitted on (\d+) questions", fit_confidence(QUESTIONS, blind))
    assert fitted is not None
    assert fitted[1] == "30"


def test_the_same_questions_give_the_same_weights() -> None:
    assert fit_confidence(QUESTIONS, parse) == fit_confidence(QUESTIONS, parse)
