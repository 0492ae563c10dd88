"""The benchmark report."""

from __future__ import annotations

from dataclasses import replace

from tools.bench.results import Results, markdown, terminal, warnings


def test_a_whole_run_needs_no_warning(results: Results) -> None:
    assert warnings(results) == []
    assert "!!!" not in terminal(results)


def test_a_stored_baseline_is_said_loudly(results: Results) -> None:
    later = replace(results, date="2030-02-02 03:04", data=results.data | {"sha256": "fedcba9876543210"})
    assert "NOT MEASURED IN THIS RUN" in terminal(later)
    assert "NOT MEASURED IN THIS RUN: its figures are those stored on 2030-01-02" in markdown(later)
    assert "OTHER PHRASES" in markdown(later)


def test_a_trial_is_said_loudly(results: Results) -> None:
    assert "1 epochs instead of 100" in terminal(replace(results, epochs=1))


def test_the_page_tells_figures_ratios_bars_machine_and_versions(results: Results) -> None:
    page = markdown(results)
    for expected in ("300.0", "1/15.0", "1/12.0 of its NLU", "1/7.0", "+15.0 points", "an abacus", "tensorflow 2.12.0"):
        assert expected in page
    assert page.count("| held") == 5
    assert "NOT HELD" not in page


def test_a_missed_bar_is_told(results: Results) -> None:
    slow = replace(results, project=replace(results.project, ready_seconds=9.0))
    assert "NOT HELD" in terminal(slow)
    assert "NOT HELD" in markdown(slow)


def test_a_sample_of_the_phrases_is_said_loudly(results: Results) -> None:
    sampled = replace(results, data=results.data | {"most": "20", "phrases": "1820", "in all": "9000"})
    assert "at most 20 phrases a label: 1820 of 9000" in terminal(sampled)
    assert "1820 of 9000" in markdown(sampled)
