"""Runs are compared with the last release."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from tools.evaluation.report import compare, keep
from tools.evaluation.scores import Figure


def test_nothing_released_is_nothing_to_say(tmp_path: Path) -> None:
    assert compare("asked", {"right": Figure(1, 2)}, tmp_path / "none.json") == []


def test_the_same_figures_are_nothing_to_say(tmp_path: Path) -> None:
    keep("asked", {"right": Figure(8, 10)}, tmp_path / "released.json")
    assert compare("asked", {"right": Figure(8, 10)}, tmp_path / "released.json") == []


@pytest.mark.parametrize(
    ("now", "says", "chance"),
    [(Figure(9, 10), "0.800 -> 0.900 (+0.100)", True), (Figure(0, 10), "0.800 -> 0.000 (-0.800, more than", False)],
)
def test_a_change_is_told_and_whether_it_may_be_chance(tmp_path: Path, now: Figure, says: str, chance: bool) -> None:
    keep("asked", {"right": Figure(8, 10)}, tmp_path / "released.json")
    (line,) = compare("asked", {"right": now}, tmp_path / "released.json")
    assert says in line
    assert ("more than chance" in line) is not chance


def test_releasing_one_file_keeps_the_others(tmp_path: Path) -> None:
    keep("first", {"right": Figure(8, 10)}, tmp_path / "released.json")
    keep("second", {"right": Figure(7, 10)}, tmp_path / "released.json")
    assert len(compare("first", {"right": Figure(9, 10)}, tmp_path / "released.json")) == 1


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "released.json").write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"released\.json"):
        compare("asked", {}, tmp_path / "released.json")
