"""The evaluation of the screening: its demands, its report, its exit codes, with the rules alone and with a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lamoon.errors import EvaluationError
from tools.evaluation import screening as command
from tools.evaluation.screening import (
    LabelledMessage,
    Screened,
    evaluate_ordinary,
    evaluate_screening,
    screening_thresholds,
)

GOOD = ['{"text": "I have a blood clot", "expect": "warn"}', '{"text": "does it hurt", "expect": "no_warn"}']


def screened(expect: str, outcome: str, *, stranger: bool = False) -> Screened:
    return Screened(LabelledMessage("words", (expect,), stranger=stranger), outcome)


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / "told.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(command, "REPORTS", tmp_path / "reports")
    return tmp_path / "reports"


@pytest.mark.parametrize(
    ("expect", "stranger", "demand", "misses"),
    [
        ("emergency", False, "emergencies found", 2),
        ("emergency", True, "emergencies found, strangers' wording", 10),
        ("warn", False, "contraindications warned about", 3),
        ("warn", True, "contraindications warned about, strangers' wording", 8),
        ("ask_doctor", False, "any reaction where one is needed", 1),
    ],
)
def test_recall_is_green_and_one_miss_more_is_red(expect: str, stranger: bool, demand: str, misses: int) -> None:
    def held(missed: int) -> bool:
        outcomes = ["none"] * missed + [expect] * (100 - missed)
        thresholds = screening_thresholds([screened(expect, outcome, stranger=stranger) for outcome in outcomes])
        return {threshold.name: threshold.held for threshold in thresholds}[demand]

    assert held(misses)
    assert not held(misses + 1)


def test_false_alarms_are_green_and_one_more_is_red() -> None:
    def held(alarms: int) -> list[bool]:
        outcomes = ["warn"] * alarms + ["none"] * (100 - alarms)
        return [
            threshold.held for threshold in screening_thresholds([screened("no_warn", outcome) for outcome in outcomes])
        ]

    assert held(4) == [True]
    assert held(5) == [False]


def test_only_messages_that_need_no_warning_can_be_false_alarms() -> None:
    thresholds = {
        threshold.name: threshold
        for threshold in screening_thresholds([screened("warn", "emergency"), screened("no_warn", "none")])
    }
    assert thresholds["false alarms"].figure == 0.0
    assert thresholds["false alarms"].at_most


def test_a_file_is_measured_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [
        {"text": "I have a blood clot", "expect": "warn", "conditions": ["blood_clot"], "style": "plain"},
        {"text": "what | is fascia", "expect": "emergency", "conditions": ["chest_pain"], "style": "typo"},
        {"text": "does it hurt", "expect": "no_warn", "style": "plain"},
    ]
    path = file_of(tmp_path, *map(json.dumps, entries))
    thresholds = {threshold.name: threshold.figure for threshold in evaluate_screening(path, tmp_path / "reports")}
    assert thresholds == {
        "emergencies found": 0.0,
        "contraindications warned about": 1.0,
        "any reaction where one is needed": 0.5,
        "false alarms": 0.0,
    }
    text = (tmp_path / "reports" / "told.md").read_text(encoding="utf-8")
    assert "3 messages." in text
    assert "| blood_clot | 1.000 (1/1" in text
    assert "| plain | 1.000 (2/2" in text
    assert "| emergency | none | what \\| is fascia |" in text
    assert "emergencies found: 0.000 (at least 0.98) NOT HELD" in capsys.readouterr().out


def test_missed_emergencies_are_listed_first(tmp_path: Path) -> None:
    entries = [{"text": f"harmless {expect}", "expect": expect} for expect in ("warn", "emergency", "ask_doctor")]
    evaluate_screening(file_of(tmp_path, *map(json.dumps, entries)), tmp_path)
    rows = (tmp_path / "told.md").read_text(encoding="utf-8").split("## Misses")[1].splitlines()
    assert [row.split(" | ")[0] for row in rows if "harmless" in row] == ["| emergency", "| warn", "| ask_doctor"]


def test_with_a_model_its_own_outcome_and_question_count(tmp_path: Path) -> None:
    def parse(text: str) -> dict[str, Any]:
        raised = "stroke" in text
        return {"safety": {"outcome": "emergency" if raised else "none", "conditions": [], "question": not raised}}

    entries = [{"text": "words of a stroke", "expect": "emergency"}, {"text": "a rare illness", "expect": "warn"}]
    path = file_of(tmp_path, *map(json.dumps, entries))
    thresholds = {threshold.name: threshold.figure for threshold in evaluate_screening(path, tmp_path, parse)}
    assert thresholds["emergencies found"] == 1.0
    assert thresholds["contraindications warned about"] == 0.0
    assert thresholds["any reaction where one is needed"] == 1.0
    assert "| warn | none, asked | a rare illness |" in (tmp_path / "told_model.md").read_text(encoding="utf-8")


def test_a_model_that_does_not_screen_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="make train"):
        evaluate_screening(file_of(tmp_path, *GOOD), tmp_path, lambda text: {"intent": {}})


def test_demands_held_are_a_0_and_a_missed_one_a_1(reports: Path, tmp_path: Path) -> None:
    assert command.main([str(file_of(tmp_path, *GOOD))]) == 0
    assert (reports / "told.md").is_file()
    assert command.main([str(file_of(tmp_path, *GOOD, '{"text": "does it hurt", "expect": "warn"}'))]) == 1


def test_an_alarm_on_ordinary_questions_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def held(alarms: int) -> bool:
        asked = ["I have a blood clot"] * alarms + ["does it hurt"] * (100 - alarms)
        lines = [json.dumps({"text": text, "label": "faq/does_it_hurt"}) for text in asked]
        return evaluate_ordinary(file_of(tmp_path, *lines)).held

    assert held(1)
    assert not held(2)
    said = capsys.readouterr().out
    assert "100 ordinary questions" in said
    assert "0.020 (at most 0.01) NOT HELD" in said


def test_without_files_ordinary_questions_are_measured_too(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "asked.jsonl"
    monkeypatch.setattr(command, "FILES", (file_of(tmp_path, *GOOD),))
    monkeypatch.setattr(command, "ORDINARY", (questions,))
    for text, code in (("does it hurt", 0), ("I have a blood clot", 1)):
        questions.write_text(json.dumps({"text": text, "label": "faq/does_it_hurt"}), encoding="utf-8")
        assert command.main([]) == code
    assert "asked.jsonl, 1 ordinary questions" in capsys.readouterr().out


def test_what_cannot_be_read_is_a_2_and_its_place(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, says in (
        ([str(file_of(tmp_path, "{"))], "told.jsonl, line 1"),
        ([str(tmp_path / "none.jsonl")], "none.jsonl"),
        (["--model", str(tmp_path / "none.tar.gz")], "make train"),
    ):
        assert command.main(arguments) == 2
        assert says in capsys.readouterr().err


def test_a_trained_model_is_measured_whole(reports: Path, tmp_path: Path, model: Path) -> None:
    assert command.main([str(file_of(tmp_path, *GOOD)), "--model", str(model)]) == 0
    assert (reports / "told_model.md").is_file()
