"""The words that a message shares with facts."""

from __future__ import annotations

import pytest

from lamoon.understanding.fact_words import FactWords

WORDS = FactWords(
    {
        "fascia/sweater": ["A snag in a sweater pulls.", "what is the sweater compared to"],
        "fascia/sponge": ["Fascia is like a sponge.", "what do you compare fascia to"],
        "cost": ["what does a session cost"],
    }
)


def test_the_rarer_word_counts_more() -> None:
    found = WORDS.shared("Which comparison has a snag?")
    assert found["fascia/sweater"] > found["fascia/sponge"] > 0
    assert "cost" not in found


def test_a_word_that_no_fact_has_lowers_the_share() -> None:
    found = WORDS.shared("a snag in the sweater")["fascia/sweater"]
    assert found == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert WORDS.shared("a snag in the sweater of my penguin")["fascia/sweater"] < found


def test_a_single_word_counts_as_half() -> None:
    assert WORDS.shared("the sweater")["fascia/sweater"] == pytest.approx(1 / 3)


def test_function_words_are_not_shared() -> None:
    assert WORDS.shared("what is it to you?") == {}
