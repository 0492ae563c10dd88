"""CLINC150's protocol on a small made-up file of the same form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lamoon.understanding.classifier import OUTSIDE, ClassifierSettings
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
    assert training.method == "training"
    assert threshold.method.startswith("threshold ")
    assert training.in_scope == 100.0  # the threshold, chosen on five phrases, may be too strict for some
    assert threshold.recall == 100.0


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


def test_the_threshold_is_the_one_with_most_right_answers() -> None:
    readings = [("a", 0.9, "a"), ("b", 0.8, "b"), ("a", 0.7, OUTSIDE), ("b", 0.6, OUTSIDE), ("a", 0.5, "a")]
    assert clinc.best_threshold(readings) == 0.8


@pytest.mark.parametrize(("in_scope", "recall", "held"), [(96.0, 60.0, True), (95.9, 99.0, False), (99.0, 59.9, False)])
def test_both_demands_count(in_scope: float, recall: float, held: bool) -> None:
    assert clinc.Result("training", in_scope, recall).held is held
