"""The trained model on messages with two questions that it has never seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lamoon.settings import PROJECT
from tools.evaluation.parser import Parse

DATA = PROJECT / "tests" / "data"
BOTH_FOUND = 0.85
BESIDE = ["thank"]  # needs no separate answer


def labels(parsed: dict[str, Any]) -> list[str]:
    """Return the labels of the questions."""
    return [question["topic"] or question["intent"] for question in parsed["questions"]]


def both_found(entry: dict[str, Any], found: list[str]) -> bool:
    """Return whether each of the questions is there; each may be labelled in several right ways."""
    return all(set(right) & set(found) for right in entry["labels"] if right != BESIDE)


@pytest.fixture(scope="module")
def double() -> list[dict[str, Any]]:
    """Messages with two questions."""
    lines = (DATA / "two_questions_test.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_both_questions_are_found(trained_parser: Parse, double: list[dict[str, Any]]) -> None:
    share = sum(both_found(entry, labels(trained_parser(entry["text"]))) for entry in double) / len(double)
    assert share >= BOTH_FOUND


def test_a_missing_second_question_counts_as_not_found() -> None:
    entry = {"labels": [["faq/cost"], ["ask_hours", "ask_location"]]}
    assert both_found(entry, ["faq/cost", "ask_location"])
    assert not both_found(entry, ["faq/cost"])
