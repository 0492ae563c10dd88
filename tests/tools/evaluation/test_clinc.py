"""CLINC150's protocol on a small made-up file of the same form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lamoon.understanding.classifier import OUTSIDE, ClassifierSettings
from lamoon.understanding.tuned import DELTA
from tools.evaluation import clinc

MONEY = ["what is my balance", "how much money do I have", "show my balance", "account balance please", "am I broke"]
WEATHER = ["will it rain", "weather tomorrow", "is it sunny out", "what's the weather like", "do I need an umbrella"]
MUSIC = ["play a song", "put some music on", "I want to hear jazz", "next song please", "start my playlist"]
OOS = ["how tall is the tower", "who wrote that book", "why do cats purr", "what is a prime number"]
CONTENT = {
    "train": [[t, "balance"] for t in MONEY] + [[t, "weather"] for t in WEATHER] + [[t, "music"] for t in MUSIC],
    "val": [["my account balance", "balance"], ["rain tomorrow?", "weather"], ["play music", "music"]],
    "test": [["balance of my account", "balance"], ["is rain coming", "weather"], ["play some jazz", "music"]],
    "oos_train": [[t, "oos"] for t in OOS],
    "oos_val": [["who was the first king", "oos"], ["how do bees dance", "oos"]],
    "oos_test": [["who painted this", "oos"], ["why do dogs bark", "oos"]],
}


def file_of(folder: Path, content: object) -> Path:
    path = folder / "data_full.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_both_methods_are_measured(tmp_path: Path) -> None:
    training, threshold = clinc.evaluate(clinc.read_splits(file_of(tmp_path, CONTENT)), ClassifierSettings(min_count=1))
    assert training.method.startswith("training, limit ")
    assert threshold.method.startswith("threshold, limit ")
    assert training.recall == threshold.recall == 100.0  # limits chosen on five phrases may be too strict in scope


def test_a_labelling_that_cannot_be_learned_is_not_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swapped = CONTENT | {"test": [[text, "music"] for text, _ in CONTENT["test"][:2]]}
    assert clinc.main([str(file_of(tmp_path, swapped))]) == 1
    assert "NOT HELD" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [({}, "'train'"), (CONTENT | {"val": []}, "val"), (CONTENT | {"test": ["text"]}, "test"), ([], "expected")],
)
def test_a_file_of_another_form_is_a_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, says: str
) -> None:
    assert clinc.main([str(file_of(tmp_path, content))]) == 2
    assert says in capsys.readouterr().err


def test_no_file_or_a_missing_one_is_a_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clinc.main([]) == 2
    assert clinc.main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


READINGS = [
    clinc.Read("a", 0.9, "a"),
    clinc.Read("b", 0.8, "b"),
    clinc.Read("a", 0.7, OUTSIDE),
    clinc.Read("b", 0.6, OUTSIDE),
    clinc.Read("a", 0.5, "a"),
]


def test_the_limit_is_the_one_with_most_right_answers() -> None:
    assert clinc.best_limit(READINGS) == 0.8


def test_without_the_test_part_each_half_is_measured_by_the_other(tmp_path: Path) -> None:
    without = {name: part for name, part in CONTENT.items() if name not in clinc.TESTED}
    for result in clinc.evaluate(clinc.read_splits(file_of(tmp_path, without)), ClassifierSettings(min_count=1)):
        assert result.method.endswith("on the other half of val")
        assert 0 <= result.in_scope <= 100


def test_a_tuning_of_other_phrases_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clinc.main([str(file_of(tmp_path, CONTENT)), str(DELTA)]) == 2
    assert "of other phrases" in capsys.readouterr().err


@pytest.mark.parametrize(("in_scope", "recall", "held"), [(96.5, 66.0, True), (96.4, 99.0, False), (99.0, 65.9, False)])
def test_both_demands_count(in_scope: float, recall: float, held: bool) -> None:
    assert clinc.Result("training", in_scope, recall).held is held
