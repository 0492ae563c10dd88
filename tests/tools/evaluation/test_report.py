"""The written report and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.evaluation.report import write_report
from tools.evaluation.scores import Outcome, understanding_thresholds

MakeOutcome = Callable[..., Outcome]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def outcomes(make_outcome: MakeOutcome) -> list[Outcome]:
    return [
        make_outcome("faq/cost", "faq/cost", "real", confidence=0.99),
        make_outcome("faq/cost", "faq/history", "written", confidence=0.61, text="a | b\nc"),
        make_outcome("faq/history", "greet", "written", confidence=0.93, text="sure and wrong"),
        make_outcome("out_of_scope", "faq/cost", "near", confidence=0.72, text="near miss"),
        make_outcome("out_of_scope", "nlu_fallback", "far", confidence=0.2, text="refused"),
        make_outcome("greet", "greet", "other"),
    ]


def test_it_lists_figures_demands_and_pictures(outcomes: list[Outcome], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    thresholds = understanding_thresholds(outcomes)
    path = write_report("nlu_test", outcomes, thresholds, folder)
    assert path == folder / "nlu_test.md"
    text = path.read_text(encoding="utf-8")
    assert "6 questions." in text
    assert "| topics, as real visitors ask | 1.000 (1/1, 0.21 to 1.00) |" in text
    assert "| confidently wrong about a topic | 0.667 (2/3" in text
    for threshold in thresholds:
        assert f"- {threshold}" in text
    for kind in ("accuracy", "confusion", "reliability"):
        assert f"![{kind}](nlu_test_{kind}.png)" in text
        assert (folder / f"nlu_test_{kind}.png").read_bytes().startswith(PNG)


def test_wrong_answers_are_listed_the_surest_first(outcomes: list[Outcome], tmp_path: Path) -> None:
    text = write_report("x", outcomes, [], tmp_path).read_text(encoding="utf-8")
    rows = [line for line in text.split("## Wrong answers")[1].splitlines() if line.startswith("| 0.")]
    assert rows == [
        "| 0.93 | sure and wrong | faq/history | greet |",
        "| 0.72 | near miss | out_of_scope | faq/cost |",
        "| 0.61 | a \\| b c | faq/cost | faq/history |",
    ]


def test_everything_right_is_a_report_too(make_outcome: MakeOutcome, tmp_path: Path) -> None:
    path = write_report("x", [make_outcome("greet", "greet", "other")], [], tmp_path)
    assert path.read_text(encoding="utf-8").count("\n| 0.") == 0


def test_writing_again_replaces_the_report(outcomes: list[Outcome], tmp_path: Path) -> None:
    write_report("x", outcomes, [], tmp_path)
    first = (tmp_path / "x.md").read_text(encoding="utf-8")
    write_report("x", outcomes, [], tmp_path)
    assert (tmp_path / "x.md").read_text(encoding="utf-8") == first
    assert len(list(tmp_path.iterdir())) == 4
