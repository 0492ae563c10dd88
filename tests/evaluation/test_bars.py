"""The demands: each is green where it is met, and red one step below."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lamoon.evaluation.bars import Bar, understanding_bars
from lamoon.evaluation.questions import Group
from lamoon.evaluation.scores import Outcome

MakeOutcome = Callable[..., Outcome]
DEMANDS = {
    "topic right, as real visitors ask": 0.82,
    "topic right, as typed in chat": 0.90,
    "confidently wrong": 0.10,
    "far out of scope refused": 0.95,
    "near out of scope refused": 0.70,
    "other intents right": 0.88,
}


def outcomes(make: MakeOutcome, **misses: int) -> list[Outcome]:
    """A hundred questions of each group, `misses` of them read wrongly."""
    groups: dict[Group, tuple[str, str]] = {
        "real": ("faq/cost", "nlu_fallback"),
        "written": ("faq/cost", "nlu_fallback"),
        "other": ("greet", "thank"),
        "near": ("out_of_scope", "faq/cost"),
        "far": ("out_of_scope", "faq/cost"),
    }
    made = []
    for group, (meant, missed) in groups.items():
        count = misses.get(group, 0)
        made += [make(meant, missed if number < count else meant, group) for number in range(100)]
    return made


def test_at_least_and_at_most() -> None:
    assert Bar("x", 0.82, 0.82).held
    assert not Bar("x", 0.8199, 0.82).held
    assert Bar("x", 0.10, 0.10, at_most=True).held
    assert not Bar("x", 0.1001, 0.10, at_most=True).held


def test_a_bar_in_words() -> None:
    assert str(Bar("topic right", 0.8, 0.82)) == "topic right: 0.800 (at least 0.82) NOT HELD"
    assert str(Bar("wrong", 0.05, 0.1, at_most=True)) == "wrong: 0.050 (at most 0.10) held"


def test_the_demands_are_those_of_the_project(make_outcome: MakeOutcome) -> None:
    bars = understanding_bars(outcomes(make_outcome))
    assert {bar.name: bar.demand for bar in bars} == DEMANDS
    assert [bar.name for bar in bars if bar.at_most] == ["confidently wrong"]
    assert all(bar.held for bar in bars)


@pytest.mark.parametrize(
    ("group", "allowed", "name"),
    [
        ("real", 18, "topic right, as real visitors ask"),
        ("written", 10, "topic right, as typed in chat"),
        ("far", 5, "far out of scope refused"),
        ("near", 30, "near out of scope refused"),
        ("other", 12, "other intents right"),
    ],
)
def test_one_more_miss_than_allowed_is_red(make_outcome: MakeOutcome, group: str, allowed: int, name: str) -> None:
    green = understanding_bars(outcomes(make_outcome, **{group: allowed}))
    assert [bar.name for bar in green if not bar.held] == []
    red = understanding_bars(outcomes(make_outcome, **{group: allowed + 1}))
    assert [bar.name for bar in red if not bar.held] == [name]


def test_wrong_answers_are_red_where_asking_back_would_not_be(make_outcome: MakeOutcome) -> None:
    wrong = [make_outcome("faq/cost", "faq/history", "real") for _ in range(12)]
    right = [make_outcome("faq/cost", "faq/cost", "real") for _ in range(88)]
    bars = {bar.name: bar for bar in understanding_bars([*wrong, *right])}
    assert bars["topic right, as real visitors ask"].held
    assert not bars["confidently wrong"].held


def test_a_group_without_questions_is_never_green() -> None:
    assert not [bar for bar in understanding_bars([]) if bar.held and not bar.at_most]
