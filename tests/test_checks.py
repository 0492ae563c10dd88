"""Numbers from outside: plain digits within bounds, and nothing else."""

from __future__ import annotations

import pytest

from lamoon.checks import parse_int


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("20", 20)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert parse_int(text, 0, 20) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "1_0", "٣", "²", "1e3", "21", "9" * 5000])
def test_anything_else_is_none(text: str) -> None:
    assert parse_int(text, 0, 20) is None


def test_both_bounds_are_included() -> None:
    assert [parse_int(text, 1, 2) for text in "0123"] == [None, 1, 2, None]
