"""Denials of one stretch of time."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener

CLOT = "blood_clot"


def status(screener: Screener, message: str, condition: str) -> set[str]:
    return {found["status"] for found in screener.screen(message)["conditions"] if found["id"] == condition}


@pytest.mark.parametrize(
    "message",
    [
        "no DVT recently",
        "haven't had a thrombosis in ages",
        "I've not had another clot since my second pregnancy",
        "no new clots",
        "free of clots for six years now",
        "Embolism: none this year",
        "a DVT? not for a decade",
        "no thrombosis these days. The last one was in 2017",
        "No clots, most recent one was four years ago",
        "lately no clots",
    ],
)
def test_a_denial_of_one_stretch_of_time_leaves_the_rest_open(screener: Screener, message: str) -> None:
    assert status(screener, message, CLOT) == {"affirmed"}


@pytest.mark.parametrize(
    "message",
    [
        "never had a thrombosis",
        "no DVT, no operations this year",
        "no clots, and I have cycled for twelve years",
        "No clots. About the massage, the last one was in 2021",
        "never saw a clot in thirty years of nursing",
        "no clots and I haven't seen a doctor in years",
    ],
)
def test_a_full_denial_stays_one(screener: Screener, message: str) -> None:
    assert status(screener, message, CLOT) == {"negated"}


@pytest.mark.parametrize("message", ["haven't broken anything since 1988, no fractures", "no broken bones this year"])
def test_what_counts_only_while_fresh_is_denied(screener: Screener, message: str) -> None:
    assert "affirmed" not in status(screener, message, "recent_fracture")


def test_a_cancer_of_the_past_becomes_a_history(screener: Screener) -> None:
    assert status(screener, "no cancer since 2014", "cancer_history") == {"affirmed"}


def test_another_persons_stays_theirs(screener: Screener) -> None:
    assert status(screener, "my brother hasn't had a clot in years", CLOT) == {"other_person"}
