"""Voices left out: how they are spread over folds, and what the report says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from lamoon.errors import EvaluationError
from lamoon.understanding.tuned import Delta, phrases_fingerprint
from tools.evaluation import voices
from tools.evaluation.voices import MOST_FOLDS, Reading, folds_of, is_of, report, tuned_without
from tools.tuning.phrases import Phrase
from tools.tuning.recipe import Recipe


def reading(label: str, *best: str, voice: str = "sailor", confidence: float = 0.9) -> Reading:
    return Reading(Phrase(f"words of {label}", label, voice), best, confidence)


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
        reading("faq/benefits", "faq/benefits"),
        reading("faq/history", "faq/benefits", "faq/history"),
        reading("faq/history", "out_of_scope", "faq/benefits", voice="pilot"),
    ]
    page = report(readings, [frozenset({"sailor"}), frozenset({"pilot"})], tuned=True)
    assert page.index("| faq/history | 0.000") < page.index("| faq/benefits | 1.000")
    assert "| 0.500 | 0.500 | faq/benefits 1, out_of_scope 1 |" in page
    assert "| faq/history | faq/benefits | 1 | words of faq/history |" in page


def test_report_says_how_the_encoder_was() -> None:
    readings = [reading("faq/cost", "faq/cost")]
    assert "encoder: tuned without them too." in report(readings, [frozenset({"sailor"})], tuned=True)
    assert "NOT tuned" in report(readings, [frozenset({"sailor"})], tuned=False)


PHRASES = [Phrase("ahoy", "greet", "sailor"), Phrase("roger", "affirm", "pilot")]
SAILOR = frozenset({"sailor"})


def tuning(phrases: Sequence[Phrase] = PHRASES, **changed: object) -> Delta:
    recipe = {**asdict(Recipe()), "left_out": ["sailor"], **changed}
    fingerprint = phrases_fingerprint((phrase.text, phrase.label) for phrase in phrases)
    return Delta({}, recipe, fingerprint, "", (), np.zeros((0, 384), dtype=np.float32))


def test_a_tuning_is_used_again_where_it_has_not_seen_the_voice() -> None:
    assert is_of(tuning(), PHRASES, SAILOR)
    assert not is_of(tuning(left_out=None), PHRASES, SAILOR)
    assert not is_of(tuning(left_out=["pilot"]), PHRASES, SAILOR)
    assert not is_of(tuning(rank=1), PHRASES, SAILOR)
    assert not is_of(tuning(PHRASES[:1]), PHRASES, SAILOR)


def test_without_pytorch_the_encoder_is_as_packaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise EvaluationError("TORCH_INDEX is not set")

    monkeypatch.setattr(voices, "tune", fails)
    assert tuned_without(PHRASES, SAILOR, [], tmp_path) is None
    assert "The encoder is as packaged" in capsys.readouterr().err


def test_a_tuning_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def makes(
        phrases: Sequence[Phrase], left_out: Sequence[str], questions: Sequence[str], to: Path, _: Recipe
    ) -> None:
        made.append(left_out)
        tuning(phrases).save(to)

    monkeypatch.setattr(voices, "tune", makes)
    for _ in range(2):
        assert tuned_without(PHRASES, SAILOR, [], tmp_path)
    assert made == [["sailor"]]
