"""The cost of a slip: zero for the same word, little for what fingers and ears do often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from lamoon.text import spelling
from lamoon.text.spelling import slip_cost

WORDS = st.text("abcdeilmnorst", max_size=8)


@pytest.mark.parametrize(
    ("written", "meant", "cost"),
    [
        ("fascia", "fascia", 0.0),
        ("fasica", "fascia", spelling.SWAPPED),
        ("tisue", "tissue", spelling.DOUBLED),
        ("masssage", "massage", spelling.DOUBLED),
        ("theripist", "therapist", spelling.VOWEL_FOR_VOWEL),
        ("massahe", "massage", spelling.NEIGHBOURING_KEY),
        ("massge", "massage", spelling.VOWEL_LEFT_OUT),
        ("massagx", "massage", spelling.OTHER),
        ("masage", "massages", spelling.DOUBLED + spelling.OTHER),
        ("", "not", 2 * spelling.OTHER + spelling.VOWEL_LEFT_OUT),
        ("nob", "", 3 * spelling.OTHER),
    ],
)
def test_each_kind_of_slip_has_its_cost(written: str, meant: str, cost: float) -> None:
    assert slip_cost(written, meant) == pytest.approx(cost)


@given(WORDS, WORDS)
def test_it_is_never_dearer_than_one_for_each_edit_and_free_only_for_the_same_word(written: str, meant: str) -> None:
    edits = OSA.distance(written, meant)
    assert spelling.DOUBLED * edits - 1e-9 <= slip_cost(written, meant) <= edits + 1e-9
