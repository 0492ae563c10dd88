"""The time to the first answer: its wording, and that the README gives the measured one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.bench.first_answer import MARKS, README, FirstAnswer, in_readme, kept, sentence
from tools.bench.sides import BenchmarkError

MEASURED = FirstAnswer("2026-11-30", 2, 0.3, 40.2, 100.4, 8.1, 0.14)


def test_every_part_and_their_sum_is_told() -> None:
    assert sentence(MEASURED) == (
        "From a fresh clone, `make run` answered its first message after 149 seconds on 2026-11-30, on 2 cores:\n"
        "40 to install, 100 to train, 8 to start, 0.1 to answer (`python -m tools.bench.first_answer`)."
    )


def test_a_busy_machine_is_told() -> None:
    assert "on 2 cores, with other jobs (load 14):" in sentence(replace(MEASURED, load=14.2))


def test_the_readme_tells_what_was_measured() -> None:
    text = README.read_text(encoding="utf-8")
    assert in_readme(text, kept()) == text, "run: python -m tools.bench.first_answer --keep"
    assert in_readme(text, replace(kept(), training=1.0)) != text


def test_a_readme_without_a_place_is_said() -> None:
    with pytest.raises(BenchmarkError, match="no place for the figures"):
        in_readme(f"# La Moon\n{MARKS[0]}\n", MEASURED)
