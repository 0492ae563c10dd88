"""Voices left out: how they are spread over folds, and what the report says."""

from __future__ import annotations

import pytest

from lamoon.errors import EvaluationError
from tools.checks.assistant import Phrase
from tools.evaluation.voices import MOST_FOLDS, Reading, folds_of, report


def reading(label: str, *best: str, voice: str = "sailor", confidence: float = 0.9) -> Reading:
    return Reading(Phrase(f"words of {label}", label, "data/nlu.yml", 1, voice), best, confidence)


def test_voice_is_never_divided_and_folds_are_of_like_size() -> None:
    sizes = {"a": 60, "b": 50, **{f"small{i}": 5 for i in range(20)}}
    folds = folds_of(sizes)
    assert len(folds) == MOST_FOLDS
    assert sorted(voice for fold in folds for voice in fold) == sorted(sizes)
    assert {frozenset("a"), frozenset("b")} <= set(folds)
    assert max(sum(sizes[v] for v in fold) for fold in folds if "a" not in fold and "b" not in fold) == 25


def test_one_voice_cannot_be_left_out() -> None:
    with pytest.raises(EvaluationError, match="found 1"):
        folds_of({"sailor": 10})


def test_kinds_of_out_of_scope_are_one_answer() -> None:
    assert reading("out_of_scope/parking", "out_of_scope", "faq/cost").right


@pytest.mark.parametrize(
    ("best", "confidence", "away"), [("faq/cost", 0.4, True), ("out_of_scope", 0.9, True), ("faq/history", 0.6, False)]
)
def test_turned_away_is_a_question_back_or_out_of_scope(best: str, confidence: float, away: bool) -> None:
    assert reading("faq/cost", best, confidence=confidence).turned_away is away


def test_report_has_the_weakest_label_first_and_what_it_is_taken_for() -> None:
    readings = [
        reading("faq/cost", "faq/cost"),
        reading("faq/history", "faq/cost", "faq/history"),
        reading("faq/history", "out_of_scope", "faq/cost", voice="pilot"),
    ]
    page = report(readings, [frozenset({"sailor"}), frozenset({"pilot"})])
    assert page.index("| faq/history | 0.000") < page.index("| faq/cost | 1.000")
    assert "| 0.500 | 0.500 | faq/cost 1, out_of_scope 1 |" in page
    assert "| faq/history | faq/cost | 1 | words of faq/history |" in page
