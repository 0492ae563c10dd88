"""First passes: published once, read back, and set as tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from lamoon.project import PROJECT
from tools.evaluation.scores import Figure
from tools.evaluation.screening import read_messages
from tools.labelled import read_questions
from tools.rounds import (
    BY_VOICE,
    MAIN,
    ROUND,
    UNDERSTANDING,
    FirstPass,
    curve,
    latest,
    parse_first_passes,
    publish,
    read_first_passes,
    round_files,
)

DATA = PROJECT / "tests" / "data"
FEWEST, FEWEST_VOICES = 400, 12


def a_pass(number: int, hits: int) -> FirstPass:
    main = {"other intents": Figure(hits, 100), "in scope, turned away": Figure(100 - hits, 100)}
    voices = {"sailor": Figure(9, 10), "pilot": Figure(5, 10), "cook": Figure(0, 4)}
    return FirstPass(number, f"2026-0{number}-01", {UNDERSTANDING: {MAIN: main, BY_VOICE: voices}})


def test_what_is_published_is_read_back_oldest_first(tmp_path: Path) -> None:
    path = tmp_path / "passes.json"
    publish(a_pass(2, 97), path)
    publish(a_pass(1, 80), path)
    assert read_first_passes(path) == [a_pass(1, 80), a_pass(2, 97)]


def test_published_first_pass_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "passes.json"
    publish(a_pass(1, 80), path)
    with pytest.raises(EvaluationError, match=r"passes\.json has the first pass of round 1 already"):
        publish(a_pass(1, 99), path)
    assert read_first_passes(path) == [a_pass(1, 80)]


def test_curve_has_a_column_a_round_and_misses_are_bold() -> None:
    rows = {line.split(" | ")[0]: line for line in curve([a_pass(1, 80), a_pass(2, 97)], UNDERSTANDING).splitlines()}
    assert "round 1, 2026-01-01 | round 2, 2026-02-01" in curve([a_pass(1, 80), a_pass(2, 97)], UNDERSTANDING)
    assert "| 0.95 | **0.800** (80/100" in rows["| other intents"]
    assert "| 0.970 (97/100" in rows["| other intents"]
    assert "| at most 0.04 | **0.200**" in rows["| in scope, turned away"]


def test_newest_round_by_voice_has_the_weakest_first_and_no_single_results() -> None:
    table = latest([a_pass(1, 80), a_pass(2, 97)], UNDERSTANDING, BY_VOICE).splitlines()
    assert [line.split(" | ")[0] for line in table[2:]] == ["| pilot", "| sailor"]


@pytest.mark.parametrize("text", ["{", "[]", '{"1": {}}', '{"1": {"date": "x", "understanding": 3}}'])
def test_broken_file_is_named(text: str) -> None:
    with pytest.raises(EvaluationError, match=r"passes\.json holds no first passes"):
        parse_first_passes(text, "passes.json")


def test_round_without_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "nlu_round3_2026-11-29.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"no safety_round3_<date>\.jsonl"):
        round_files(tmp_path, 3)


@pytest.mark.parametrize("path", [path for path in sorted(DATA.iterdir()) if ROUND.fullmatch(path.name)], ids=str)
def test_round_is_large_and_of_many_voices(path: Path) -> None:
    entries = read_questions(path) if path.name.startswith("nlu") else read_messages(path)
    assert len(entries) >= FEWEST
    voices = {entry.voice for entry in entries}
    assert "" not in voices
    assert len(voices) >= FEWEST_VOICES
