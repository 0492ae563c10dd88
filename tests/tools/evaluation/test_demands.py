"""The demands: each is green where it is met, and red one step below."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.evaluation.scores import Outcome, understanding_thresholds
from tools.labelled import Group
from tools.threshold import Threshold

MakeOutcome = Callable[..., Outcome]
DEMANDS = {
    "topic right, as real visitors ask": 0.90,
    "topic right, as typed in chat": 0.94,
    "right topic among the three likeliest": 0.97,
    "confidently wrong": 0.05,
    "other intents right": 0.93,
    "far out of scope refused": 0.97,
    "near out of scope refused": 0.88,
    "in scope, turned away": 0.06,
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
        reads = [missed] * count + [meant] * (100 - count)
        made += [make(meant, read, group, nearest=(meant,)) for read in reads]
    return made


def test_the_demands_are_those_of_the_project(make_outcome: MakeOutcome) -> None:
    thresholds = understanding_thresholds(outcomes(make_outcome))
    assert {threshold.name: threshold.demand for threshold in thresholds} == DEMANDS
    assert [threshold.name for threshold in thresholds if threshold.at_most] == [
        "confidently wrong",
        "in scope, turned away",
    ]
    assert all(threshold.held for threshold in thresholds)


@pytest.mark.parametrize(
    ("group", "allowed", "name"),
    [
        ("real", 10, "topic right, as real visitors ask"),
        ("written", 6, "topic right, as typed in chat"),
        ("far", 3, "far out of scope refused"),
        ("near", 12, "near out of scope refused"),
        ("other", 7, "other intents right"),
    ],
)
def test_one_more_miss_than_allowed_is_red(make_outcome: MakeOutcome, group: str, allowed: int, name: str) -> None:
    green = understanding_thresholds(outcomes(make_outcome, **{group: allowed}))
    assert [threshold.name for threshold in green if not threshold.held] == []
    red = understanding_thresholds(outcomes(make_outcome, **{group: allowed + 1}))
    assert [threshold.name for threshold in red if not threshold.held] == [name]


def held_by_name(outcomes: list[Outcome]) -> dict[str, bool]:
    return {threshold.name: threshold.held for threshold in understanding_thresholds(outcomes)}


def test_wrong_answers_are_red_where_asking_back_would_not_be(make_outcome: MakeOutcome) -> None:
    wrong = [make_outcome("faq/cost", "faq/history", "real") for _ in range(6)]
    right = [make_outcome("faq/cost", "faq/cost", "real") for _ in range(94)]
    held = held_by_name([*wrong, *right])
    assert held["topic right, as real visitors ask"]
    assert not held["confidently wrong"]


@pytest.mark.parametrize(("misses", "held"), [(3, True), (4, False)])
def test_a_topic_that_is_not_among_the_three_likeliest_is_red(
    make_outcome: MakeOutcome, misses: int, held: bool
) -> None:
    missed = [make_outcome("faq/cost", "nlu_fallback", nearest=("faq/history",)) for _ in range(misses)]
    right = [make_outcome("faq/cost", "faq/cost") for _ in range(100 - misses)]
    assert held_by_name([*missed, *right])["right topic among the three likeliest"] is held


@pytest.mark.parametrize(("misses", "held"), [(6, True), (7, False)])
def test_too_many_turned_away_are_red(make_outcome: MakeOutcome, misses: int, held: bool) -> None:
    away = [make_outcome("greet", "out_of_scope", "other") for _ in range(misses)]
    right = [make_outcome("greet", "greet", "other") for _ in range(100 - misses)]
    assert held_by_name([*away, *right])["in scope, turned away"] is held


@pytest.mark.parametrize(("name", "allowed"), [("lay", 14), ("typo", 8)])
def test_a_slice_has_its_demand_where_the_file_has_it(make_outcome: MakeOutcome, name: str, allowed: int) -> None:
    def measured(misses: int) -> Threshold:
        reads = ["nlu_fallback"] * misses + ["faq/cost"] * (100 - misses)
        made = [make_outcome("faq/cost", read, slices=(name,)) for read in reads]
        return next(threshold for threshold in understanding_thresholds(made) if threshold.name == f"right, {name}")

    assert measured(allowed).held
    assert not measured(allowed + 1).held


def test_a_group_without_questions_is_never_green() -> None:
    assert not [threshold for threshold in understanding_thresholds([]) if threshold.held and not threshold.at_most]
