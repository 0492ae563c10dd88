"""Screening, measured: what counts as found, as a false alarm, and what the report says of misses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from lamoon.evaluation.screening import EXAMPLE, Screened, evaluate_screening, screening_bars


def screened(expect: str, outcome: str, *, accept: str = "", conditions: str = "", text: str = "words") -> Screened:
    return Screened(text, (expect, *accept.split()), tuple(conditions.split()), "plain", outcome)


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / "told.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("expect", "outcome", "accept", "right"),
    [
        ("emergency", "emergency", "", True),
        ("emergency", "warn", "", False),
        ("emergency", "warn", "warn", True),
        ("warn", "warn", "", True),
        ("warn", "ask_doctor", "", False),
        ("warn", "none", "", False),
        ("warn", "emergency", "ask_doctor", False),
        ("ask_doctor", "ask_doctor", "", True),
        ("inform", "none", "", True),
        ("inform", "inform", "", True),
        ("inform", "warn", "", False),
        ("no_warn", "none", "", True),
        ("no_warn", "inform", "", True),
        ("no_warn", "ask_doctor", "", False),
        ("no_warn", "ask_doctor", "ask_doctor", True),
    ],
)
def test_what_is_right(expect: str, outcome: str, accept: str, right: bool) -> None:
    assert screened(expect, outcome, accept=accept).right is right


def test_the_demands_are_green_and_one_step_below_red() -> None:
    def bars(missed: int, alarms: int) -> list[bool]:
        told = [screened("emergency", "none" if number < missed else "emergency") for number in range(100)]
        told += [screened("warn", "none" if number < missed else "warn") for number in range(100)]
        told += [screened("no_warn", "warn" if number < alarms else "none") for number in range(100)]
        return [bar.held for bar in screening_bars(told)]

    assert bars(10, 10) == [True, True, True]
    assert bars(11, 10) == [False, False, True]
    assert bars(10, 11) == [True, True, False]


def test_only_messages_that_need_no_warning_can_be_false_alarms() -> None:
    bars = {bar.name: bar for bar in screening_bars([screened("warn", "emergency"), screened("no_warn", "none")])}
    assert bars["false alarms"].figure == 0.0
    assert bars["false alarms"].at_most


def test_a_file_is_measured_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [
        {"text": "I have a blood clot", "expect": "warn", "conditions": ["blood_clot"], "style": "plain"},
        {"text": "what | is fascia", "expect": "emergency", "conditions": ["chest_pain"], "style": "typo"},
        {"text": "does it hurt", "expect": "no_warn", "style": "plain"},
    ]
    path = file_of(tmp_path, *map(json.dumps, entries))
    bars = {bar.name: bar.figure for bar in evaluate_screening(path, tmp_path / "reports")}
    assert bars == {"emergencies found": 0.0, "contraindications warned about": 1.0, "false alarms": 0.0}
    text = (tmp_path / "reports" / "told.md").read_text(encoding="utf-8")
    assert "3 messages." in text
    assert "| blood_clot | 1.000 (1/1" in text
    assert "| plain | 1.000 (2/2" in text
    assert "| emergency | none | what / is fascia |" in text
    assert "emergencies found: 0.000 (at least 0.90) NOT HELD" in capsys.readouterr().out


def test_missed_emergencies_are_listed_first(tmp_path: Path) -> None:
    entries = [{"text": f"harmless {expect}", "expect": expect} for expect in ("warn", "emergency", "ask_doctor")]
    evaluate_screening(file_of(tmp_path, *map(json.dumps, entries)), tmp_path)
    rows = (tmp_path / "told.md").read_text(encoding="utf-8").split("## Misses")[1].splitlines()
    assert [row.split(" | ")[0] for row in rows if "harmless" in row] == ["| emergency", "| warn", "| ask_doctor"]


@pytest.mark.parametrize("line", ["", "{", "[]", "1", '{"text": "x"}', '{"expect": "warn"}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = file_of(tmp_path, EXAMPLE, line)
    with pytest.raises(EvaluationError) as caught:
        evaluate_screening(path, tmp_path)
    assert f"{path}, line 2:" in str(caught.value)
    assert EXAMPLE in str(caught.value)


@pytest.mark.xfail(strict=True, reason="reported: a wrong kind of value is a traceback or taken letter by letter")
@pytest.mark.parametrize(
    "line",
    [
        '{"text": null, "expect": "warn"}',
        '{"text": "x", "expect": "warn", "accept": "ask_doctor"}',
        '{"text": "x", "expect": "wran"}',
    ],
)
def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(EvaluationError, match="line 1"):
        evaluate_screening(file_of(tmp_path, line), tmp_path)


@pytest.mark.xfail(strict=True, reason="reported: an empty file gives a report, and no UTF-8 a traceback")
@pytest.mark.parametrize("content", [b"", b'{"text": "\xff", "expect": "warn"}\n'])
def test_a_file_that_holds_nothing_readable_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "told.jsonl"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=r"told\.jsonl"):
        evaluate_screening(path, tmp_path)
