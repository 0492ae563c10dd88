"""Files of labelled questions: read, or refused with file, line and an example."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from lamoon.settings import PROJECT
from tools.labelled import EXAMPLE, GROUPS, Question, read_questions

DATA = PROJECT / "tests" / "data"


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "question"),
    [
        (
            '{"text": "hurts?", "label": "faq/does_it_hurt", "kind": "real"}',
            Question("hurts?", ("faq/does_it_hurt",), "real"),
        ),
        ('{"text": "x", "label": "faq/cost", "kind": "real_style"}', Question("x", ("faq/cost",), "real")),
        ('{"text": "x", "label": "faq/cost", "kind": "written"}', Question("x", ("faq/cost",), "written")),
        ('{"text": "x", "label": "faq/cost"}', Question("x", ("faq/cost",), "written")),
        ('{"text": "x", "label": "greet", "kind": "real"}', Question("x", ("greet",), "other")),
        ('{"text": "x", "label": "greet"}', Question("x", ("greet",), "other")),
        (
            '{"text": "x", "label": "out_of_scope", "kind": "near_out_of_scope"}',
            Question("x", ("out_of_scope",), "near"),
        ),
        (
            '{"text": "x", "label": "out_of_scope", "kind": "far_out_of_scope"}',
            Question("x", ("out_of_scope",), "far"),
        ),
        (
            '{"text": "x", "label": "faq/cost", "also": ["ask_prices", "help"]}',
            Question("x", ("faq/cost", "ask_prices", "help"), "written"),
        ),
    ],
)
def test_a_line_is_a_question(tmp_path: Path, line: str, question: Question) -> None:
    (read,) = read_questions(file_of(tmp_path, line))
    assert replace(read, slices=()) == question


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "x",
        "[]",
        '"text"',
        "1",
        "null",
        "{}",
        '{"text": "x"}',
        '{"label": "greet"}',
        '{"text": "x", "label": "y", "also": 5}',
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = file_of(tmp_path, '{"text": "x", "label": "greet"}', line, '{"text": "x", "label": "greet"}')
    with pytest.raises(EvaluationError) as caught:
        read_questions(path)
    assert f"{path}, line 2:" in str(caught.value)
    assert EXAMPLE in str(caught.value)


@pytest.mark.parametrize(
    "line", ['{"text": "x", "label": "faq/cost", "also": "ask_prices"}', '{"text": null, "label": "greet"}']
)
def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(EvaluationError, match="line 1"):
        read_questions(file_of(tmp_path, line))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b'{"text": "\xff", "label": "greet"}\n')
    with pytest.raises(EvaluationError, match=r"questions\.jsonl"):
        read_questions(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    with pytest.raises(EvaluationError, match=r"empty\.jsonl holds no question"):
        read_questions(path)


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_questions(tmp_path / "none.jsonl")


def test_the_example_in_the_message_is_right(tmp_path: Path) -> None:
    assert json.loads(EXAMPLE)
    assert read_questions(file_of(tmp_path, EXAMPLE))[0].group == "written"


@pytest.mark.parametrize("name", ["nlu_dev.jsonl", "nlu_test.jsonl"])
def test_the_projects_files_have_every_group_and_no_question_twice(name: str) -> None:
    questions = read_questions(DATA / name)
    counts = Counter(question.group for question in questions)
    assert set(counts) == set(GROUPS)
    assert min(counts.values()) >= 20
    texts = Counter(question.text.casefold() for question in questions)
    assert [text for text, count in texts.items() if count > 1] == []


def test_development_and_test_share_no_question() -> None:
    development, test = (read_questions(DATA / name) for name in ("nlu_dev.jsonl", "nlu_test.jsonl"))
    assert {one.text.casefold() for one in development}.isdisjoint(one.text.casefold() for one in test)


@pytest.mark.parametrize(
    ("entry", "slices"),
    [
        ({"text": "what does it cost then", "slice": "lay"}, ("lay",)),
        ({"text": "cost?", "slice": ["typo", "lay"]}, ("typo", "lay", "fragment")),
        ({"text": "so " * 30}, ("rambling",)),
        ({"text": "what does it cost then"}, ()),
    ],
)
def test_a_question_knows_how_it_is_written(tmp_path: Path, entry: dict[str, object], slices: tuple[str, ...]) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(json.dumps(entry | {"label": "faq/cost"}), encoding="utf-8")
    assert read_questions(path)[0].slices == slices


def test_a_slice_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text('{"text": "cost?", "label": "faq/cost", "slice": 3}', encoding="utf-8")
    with pytest.raises(EvaluationError, match="slice"):
        read_questions(path)


def test_a_slice_named_by_hand_and_by_length_counts_once(tmp_path: Path) -> None:
    line = '{"text": "does it hurt?", "label": "faq/does_it_hurt", "slice": ["fragment", "lay", "lay"]}'
    (read,) = read_questions(file_of(tmp_path, line))
    assert read.slices == ("fragment", "lay")
