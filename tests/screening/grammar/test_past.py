from __future__ import annotations

import pytest

from lamoon.screening import Screener


def outcome(screener: Screener, message: str) -> str:
    return screener.screen(message)["outcome"]


@pytest.mark.parametrize(
    "message",
    [
        "broke my ankle twenty years ago",
        "I fractured my wrist at school",
        "had cellulitis in 2018",
        "my cut has healed",
        "sprained my knee as a teenager, no trouble since",
        "had stitches years ago, just a scar now",
        "I had a hip operation decades ago",
        "I broke my arm in March. It's fully healed now.",
        "when I was seven I broke my leg",
        "sprained ankle last year, completely better",
        "I tore my hamstring in college, no issue now",
    ],
)
def test_what_is_long_over_does_not_warn(screener: Screener, message: str) -> None:
    assert outcome(screener, message) in ("none", "inform")


@pytest.mark.parametrize(
    "message",
    [
        "broke my ankle three weeks ago",
        "my wrist fracture still hasn't healed",
        "the wound is nearly healed",
        "broke my thumb at school and then again in October",
        "fractured my elbow last year",
        "I had shingles years ago and now I've got impetigo",
        "the infection came back",
    ],
)
def test_what_is_recent_or_lasts_warns(screener: Screener, message: str) -> None:
    assert outcome(screener, message) == "warn"


@pytest.mark.parametrize(
    "message", ["I had a clot thirty years ago", "my DVT cleared up in 2015", "old clot, long gone"]
)
def test_a_blood_clot_counts_for_ever(screener: Screener, message: str) -> None:
    assert outcome(screener, message) == "warn"


@pytest.mark.parametrize(
    "message",
    ["I had bowel cancer in 2009", "cancer free since 2015", "lymphoma, in remission", "I beat leukaemia years ago"],
)
def test_a_past_cancer_is_a_history_of_cancer(screener: Screener, message: str) -> None:
    found = screener.screen(message)
    assert found["outcome"] == "ask_doctor"
    assert "cancer_history" in {mention["id"] for mention in found["conditions"]}


def test_a_past_emergency_is_a_condition(screener: Screener) -> None:
    found = screener.screen("I had a stroke eight years ago")
    assert found["outcome"] == "ask_doctor"
    assert {mention["id"] for mention in found["conditions"]} == {"neurological"}


def test_a_past_emergency_of_somebody_else_is_nothing(screener: Screener) -> None:
    assert outcome(screener, "my uncle had his heart attack in January, so I try to relax more") == "none"
