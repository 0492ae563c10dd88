"""A choice named by its place."""

from __future__ import annotations

import pytest

from lamoon.understanding.followups import picked

CHOICES = ("What is fascia?", "Does it hurt?", "I'd like to talk to a person")


@pytest.mark.parametrize(
    "text", ["1", "the first one", "first", "number one", "yes, the first", "option 1 please", "1."]
)
def test_the_first(text: str) -> None:
    assert picked(text, CHOICES) == CHOICES[0]


@pytest.mark.parametrize(
    "text", ["2", "The second one!", "no, the other", "the other one", "i meant the second", "2nd"]
)
def test_the_second(text: str) -> None:
    assert picked(text, CHOICES) == CHOICES[1]


def test_the_last_and_both() -> None:
    assert picked("the last one", CHOICES) == CHOICES[2]
    assert picked("both please", CHOICES) == "What is fascia? Does it hurt?"


@pytest.mark.parametrize("text", ["", "yes", "no", "the first time it hurt a lot", "7", "which one is better", "one more thing", "2 sessions"])  # fmt: skip
def test_anything_else_names_no_choice(text: str) -> None:
    assert picked(text, CHOICES) is None


def test_nothing_can_be_picked_from_nothing() -> None:
    assert picked("1", ()) is None
    assert picked("the other", ("Ask the team",)) is None
