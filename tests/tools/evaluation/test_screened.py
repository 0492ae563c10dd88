"""Hits, flags and false alarms, and the valid files of labelled messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lamoon.errors import EvaluationError
from tools.evaluation.scores import Figure
from tools.evaluation.screening import (
    EXAMPLE,
    LabelledMessage,
    Screened,
    any_flag,
    false_alarms,
    needless_questions,
    ordinary_messages,
    read_messages,
    recall,
    right_by,
    screen_all,
    worst_misses,
)
from tools.labelled import Question

ROWS: list[dict[str, Any]] = [
    {"text": "a", "expect": "emergency", "conditions": ["stroke"], "style": "lay"},
    {"text": "b", "expect": "warn", "conditions": ["blood_clot"], "style": "lay"},
    {"text": "c", "expect": "warn", "conditions": ["blood_clot"], "style": "typo", "accept": ["ask_doctor"]},
    {"text": "d", "expect": "no_warn", "conditions": ["blood_clot"], "style": "plain"},
    {"text": "e", "expect": "no_warn", "accept": None},
    {"text": "f", "expect": "no_warn", "accept": ["warn"]},
]
SAFETY: dict[str, dict[str, Any]] = {
    "a": {"outcome": "none", "question": True},
    "b": {"outcome": "warn"},
    "c": {"outcome": "ask_doctor", "question": False},
    "d": {"outcome": "inform", "question": True},
    "e": {"outcome": "warn"},
    "f": {"outcome": "warn"},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "told.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def screened(file: Path) -> list[Screened]:
    return screen_all(read_messages(file), SAFETY.__getitem__)


@pytest.mark.parametrize(
    ("expect", "outcome", "accept", "right"),
    [
        ("emergency", "emergency", "", True),
        ("emergency", "warn", "", False),
        ("emergency", "warn", "warn", True),
        ("warn", "warn", "", True),
        ("warn", "ask_doctor", "", False),
        ("warn", "none", "", False),
        ("warn", "none", "no_warn", True),
        ("warn", "none", "inform", False),
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
    assert Screened(LabelledMessage("words", (expect, *accept.split())), outcome).right is right


def test_the_figures(screened: list[Screened]) -> None:
    assert recall(screened, "warn") == Figure(2, 2)
    assert right_by(screened, "expect") == {"emergency": Figure(0, 1), "no_warn": Figure(2, 3), "warn": Figure(2, 2)}
    assert right_by(screened, "condition") == {"blood_clot": Figure(2, 2), "stroke": Figure(0, 1)}
    assert right_by(screened, "style")["lay"] == Figure(1, 2)


def test_a_question_about_health_is_a_flag_but_neither_right_nor_a_false_alarm(screened: list[Screened]) -> None:
    assert any_flag(screened) == Figure(3, 3)
    assert recall(screened, "emergency") == Figure(0, 1)
    assert false_alarms(screened) == Figure(1, 3)
    assert needless_questions(screened) == Figure(1, 3)


def test_the_worst_misses_are_those_in_which_too_little_was_said_of_the_most(screened: list[Screened]) -> None:
    assert [one.message.text for one in worst_misses(screened)] == ["a", "e"]
    outcomes = ("warn", "emergency", "ask_doctor")
    misses = [Screened(LabelledMessage(expect, (expect,)), "none") for expect in outcomes]
    assert [one.expect for one in worst_misses(misses)] == ["emergency", "warn", "ask_doctor"]


def test_ordinary_messages_are_those_that_cannot_be_about_the_visitors_health() -> None:
    questions = [
        Question("does it hurt", ("faq/does_it_hurt",), "written"),
        Question("book me in", ("book_appointment",), "other"),
        Question("had dvt once, is it safe", ("faq/contraindications",), "real"),
        Question("my back", ("faq/benefits", "report_condition"), "written"),
        Question("pregnancy massage?", ("out_of_scope",), "near"),
        Question("capital of France", ("out_of_scope",), "far"),
    ]
    told = ordinary_messages(questions)
    assert [one.text for one in told] == ["does it hurt", "book me in"]
    assert {one.accepted for one in told} == {("no_warn",)}


@pytest.mark.parametrize(
    ("name", "wording", "stranger"),
    [
        ("told.jsonl", None, False),
        ("told.jsonl", "stranger", True),
        ("told_strangers.jsonl", None, True),
        ("told_strangers.jsonl", "ordinary", False),
    ],
)
def test_whose_wording_it_is_says_the_line_or_else_the_name(
    tmp_path: Path, name: str, wording: str | None, stranger: bool
) -> None:
    line = {"text": "x", "expect": "warn"} | ({"wording": wording} if wording else {})
    (tmp_path / name).write_text(json.dumps(line), encoding="utf-8")
    assert [told.stranger for told in read_messages(tmp_path / name)] == [stranger]


def test_a_message_may_hold_any_separator(tmp_path: Path) -> None:
    path = tmp_path / "told.jsonl"
    path.write_text('{"text": "a\u2028b\u0085c", "expect": "warn"}\n', encoding="utf-8")
    assert [told.text for told in read_messages(path)] == ["a\u2028b\u0085c"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "JSONDecodeError"),
        ("{", "JSONDecodeError"),
        ("[]", "TypeError"),
        ("1", "TypeError"),
        ('{"text": "x"}', "KeyError('expect')"),
        ('{"expect": "warn"}', "KeyError('text')"),
        ('{"text": null, "expect": "warn"}', "`text` is not a text"),
        ('{"text": "x", "expect": ["warn"]}', "`expect` is ['warn'], not one of emergency, warn"),
        ('{"text": "x", "expect": "wran"}', "`expect` is 'wran', not one of emergency, warn"),
        ('{"text": "x", "expect": "warn", "accept": "ask_doctor"}', "`accept` is not a list"),
        ('{"text": "x", "expect": "warn", "accept": ["ask"]}', "`accept` is 'ask', not one of"),
        ('{"text": "x", "expect": "warn", "accept": [1]}', "`accept` is not a text"),
        ('{"text": "x", "expect": "warn", "conditions": "dvt"}', "`conditions` is not a list"),
        ('{"text": "x", "expect": "warn", "style": 3}', "`style` is not a text"),
        ('{"text": "x", "expect": "warn", "wording": "odd"}', "`wording` is 'odd', not one of ordinary, stranger"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "told.jsonl"
    path.write_text(f"{EXAMPLE}\n{line}\n", encoding="utf-8")
    with pytest.raises(EvaluationError) as caught:
        read_messages(path)
    assert f"{path}, line 2:" in str(caught.value)
    assert says in str(caught.value)
    assert EXAMPLE in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "holds no message"), (b'{"text": "\xff", "expect": "warn"}\n', "is not UTF-8")]
)
def test_a_file_that_holds_nothing_readable_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "told.jsonl"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=rf"told\.jsonl {says}"):
        read_messages(path)
