"""Each demand is red when it is missed, and only then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tools.bench.results import Figures, judge


def test_all_demands_are_held_at_their_very_edge(project: Figures, baseline: Figures) -> None:
    assert [one.name for one in judge(project, baseline) if not one.held] == []


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"train_all_seconds": 25.1}, "training"),
        ({"ready_seconds": 2.01}, "ready"),
        ({"memory_mb": 351.0}, "memory"),
        ({"parse_p50_ms": 10.1}, "parse"),
        ({"served": "1" * 159 + "0" * 41}, "topics"),
        ({"guessed": "1" * 185 + "0" * 15}, "topics"),
    ],
)
def test_a_missed_demand_is_red(project: Figures, baseline: Figures, changed: dict[str, Any], name: str) -> None:
    shorter = replace(baseline, train_nlu_seconds=300.0)
    red = [one.name for one in judge(replace(project, **changed), shorter) if not one.held]
    assert len(red) == 1
    assert red[0].startswith(name)


def test_training_counts_with_the_dialogue_model(project: Figures, baseline: Figures) -> None:
    training = judge(project, baseline)[0]
    assert training.found == "12.0"
