"""`python -m tools.evaluation`: its exit codes, and what it writes and says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.evaluation import __main__ as command
from tools.evaluation import screening
from tools.evaluation.parser import Parse


@pytest.fixture
def reports(tmp_path: Path, trained_parser: Parse, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's reports. The model is the one that the tests have already loaded."""
    monkeypatch.setattr(command, "load_parser", lambda path: trained_parser)
    for module in (command, screening):
        monkeypatch.setattr(module, "REPORTS", tmp_path / "reports")
    return tmp_path / "reports"


def questions(folder: Path, *lines: str) -> str:
    path = folder / "asked.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


GOOD = [
    '{"text": "does it hurt?", "label": "faq/does_it_hurt", "kind": "real"}',
    '{"text": "what is fascia", "label": "faq/what_is_fascia", "kind": "written"}',
    '{"text": "hello there", "label": "greet"}',
    '{"text": "what is the capital of France", "label": "out_of_scope", "kind": "far_out_of_scope"}',
    '{"text": "do you take my insurance", "label": "out_of_scope", "kind": "near_out_of_scope"}',
]


def test_demands_held_are_a_0_and_a_report(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([questions(tmp_path, *GOOD)]) == 0
    said = capsys.readouterr().out
    assert "asked.jsonl" in said
    assert "far out of scope refused: 1.000 (at least 0.97) held" in said
    assert "5 questions." in (reports / "asked.md").read_text(encoding="utf-8")


def test_a_missed_demand_is_a_1(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = '{"text": "does it hurt?", "label": "faq/history", "kind": "real"}'
    assert command.main([questions(tmp_path, *GOOD, wrong)]) == 1
    assert "NOT HELD" in capsys.readouterr().out


@pytest.mark.parametrize(("lines", "says"), [(["{"], "line 1"), ([], "holds no question")])
def test_a_broken_file_is_a_2_and_its_place(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str], says: str
) -> None:
    assert command.main([questions(tmp_path, *lines)]) == 2
    said = capsys.readouterr().err
    assert "asked.jsonl" in said
    assert says in said


def test_a_missing_file_is_a_2(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_without_a_model_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lamoon.launch.model_file.MODELS", tmp_path)
    assert command.main([]) == 2
    assert "make train" in capsys.readouterr().err


@pytest.mark.parametrize(("told", "code"), [("I have DVT", 0), ("hello there", 1)])
def test_without_files_the_screening_is_measured_too_by_the_rules_and_by_the_whole_model(
    reports: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    told: str,
    code: int,
) -> None:
    asked, screened = Path(questions(tmp_path, *GOOD)), tmp_path / "told.jsonl"
    screened.write_text(json.dumps({"text": told, "expect": "warn"}), encoding="utf-8")
    for module in (command, screening):
        monkeypatch.setattr(module, "ORDINARY", (asked,))
    monkeypatch.setattr(screening, "FILES", (screened,))
    assert command.main([]) == code
    assert capsys.readouterr().out.count("false alarms on ordinary questions: 0.000") == 2
    assert {path.name for path in reports.glob("told*.md")} == {"told.md", "told_model.md"}


def test_round_without_messages_is_a_2(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--round", "99"]) == 2
    assert "nlu_round99" in capsys.readouterr().err


def test_leaving_voices_out_needs_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lamoon.launch.model_file.MODELS", tmp_path)
    monkeypatch.setattr(command, "leave_voices_out", lambda reports, generic: reports / "voices.md")
    assert command.main(["--leave-voices-out"]) == 0
    assert "voices.md" in capsys.readouterr().out
