"""The cost of a slip: zero for the same word, little for what fingers and ears do often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from lamoon.understanding import slips
from lamoon.understanding.slips import slip_cost

WORDS = st.text("abcdeilmnorst", max_size=8)


@pytest.mark.parametrize(
    ("written", "meant", "cost"),
    [
        ("fascia", "fascia", 0.0),
        ("fasica", "fascia", slips.SWAPPED),
        ("tisue", "tissue", slips.DOUBLED),
        ("masssage", "massage", slips.DOUBLED),
        ("theripist", "therapist", slips.VOWEL_FOR_VOWEL),
        ("massahe", "massage", slips.NEIGHBOURING_KEY),
        ("massge", "massage", slips.VOWEL_LEFT_OUT),
        ("massagx", "massage", slips.OTHER),
        ("masage", "massages", slips.DOUBLED + slips.OTHER),
        ("", "not", 2 * slips.OTHER + slips.VOWEL_LEFT_OUT),
        ("nob", "", 3 * slips.OTHER),
    ],
)
def test_each_kind_of_slip_has_its_cost(written: str, meant: str, cost: float) -> None:
    assert slip_cost(written, meant) == pytest.approx(cost)


@given(WORDS, WORDS)
def test_it_is_never_dearer_than_one_for_each_edit_and_free_only_for_the_same_word(written: str, meant: str) -> None:
    edits = OSA.distance(written, meant)
    assert slips.DOUBLED * edits - 1e-9 <= slip_cost(written, meant) <= edits + 1e-9
