"""The demands: each is green where it is met, and red one step below."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.evaluation.questions import Group
from tools.evaluation.scores import Outcome
from tools.evaluation.threshold import Threshold, understanding_bars

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


def test_at_least_and_at_most() -> None:
    assert Threshold("x", 0.82, 0.82).held
    assert not Threshold("x", 0.8199, 0.82).held
    assert Threshold("x", 0.10, 0.10, at_most=True).held
    assert not Threshold("x", 0.1001, 0.10, at_most=True).held


def test_a_bar_in_words() -> None:
    assert str(Threshold("topic right", 0.8, 0.82)) == "topic right: 0.800 (at least 0.82) NOT HELD"
    assert str(Threshold("wrong", 0.05, 0.1, at_most=True)) == "wrong: 0.050 (at most 0.10) held"


def test_the_demands_are_those_of_the_project(make_outcome: MakeOutcome) -> None:
    bars = understanding_bars(outcomes(make_outcome))
    assert {bar.name: bar.demand for bar in bars} == DEMANDS
    assert [bar.name for bar in bars if bar.at_most] == ["confidently wrong", "in scope, turned away"]
    assert all(bar.held for bar in bars)


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
    green = understanding_bars(outcomes(make_outcome, **{group: allowed}))
    assert [bar.name for bar in green if not bar.held] == []
    red = understanding_bars(outcomes(make_outcome, **{group: allowed + 1}))
    assert [bar.name for bar in red if not bar.held] == [name]


def held_by_name(outcomes: list[Outcome]) -> dict[str, bool]:
    return {bar.name: bar.held for bar in understanding_bars(outcomes)}


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
    def bar(misses: int) -> Threshold:
        reads = ["nlu_fallback"] * misses + ["faq/cost"] * (100 - misses)
        made = [make_outcome("faq/cost", read, slices=(name,)) for read in reads]
        return next(bar for bar in understanding_bars(made) if bar.name == f"right, {name}")

    assert bar(allowed).held
    assert not bar(allowed + 1).held


def test_a_group_without_questions_is_never_green() -> None:
    assert not [bar for bar in understanding_bars([]) if bar.held and not bar.at_most]
