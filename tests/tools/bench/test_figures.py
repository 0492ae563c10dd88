"""Percentiles, gains, and the record of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tools.bench.results import Results, accuracy, gain, percentile, read_results, write_results


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.0, 1), (1.0, 100)])
def test_percentile_of_one_to_a_hundred(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile([3.5], 0.95) == 3.5


def test_percentile_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_accuracy_is_the_share_of_ones() -> None:
    assert accuracy("1101") == 0.75


def test_gain_counts_only_questions_on_which_the_two_differ() -> None:
    same = gain("1100" * 50, "1100" * 50)
    assert same == (0.0, 0.0)
    mean, half = gain("1" * 60 + "0" * 40, "1" * 40 + "0" * 60)
    assert mean == pytest.approx(0.2)
    assert half == pytest.approx(1.96 * 0.04)


def test_gain_of_different_questions_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        gain("11", "1")


def test_a_run_is_read_as_it_was_written(results: Results, tmp_path: Path) -> None:
    write_results(results, tmp_path / "results.json")
    assert read_results(tmp_path / "results.json") == results


@pytest.mark.parametrize("content", [None, "", "{}", '{"project": {"ready_seconds": 1}}', "[]"])
def test_what_is_no_record_says_what_to_do(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match="make bench"):
        read_results(file)


def test_a_run_with_a_stored_baseline_is_not_one_run(results: Results) -> None:
    assert results.is_one_run
    assert not replace(results, date="2030-02-02 03:04").is_one_run
