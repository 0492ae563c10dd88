"""References that people can read out."""

from __future__ import annotations

import re

import pytest

from lamoon.booking.request import SIGNS, new_reference, read_reference


def test_shape() -> None:
    assert not set(SIGNS) & set("0O1IL2Z5S8BUVAE")
    assert all(re.fullmatch(f"LM-[{SIGNS}]{{5}}", new_reference()) for _ in range(200))


def test_no_two_alike() -> None:
    assert len({new_reference() for _ in range(200)}) > 195


@pytest.mark.parametrize("typed", ["LM-7K3F9", "lm-7k3f9", " lm 7k3f9 ", "7K3F9", "LM7K3F9", "lm_7k3-f9."])
def test_as_typed(typed: str) -> None:
    assert read_reference(typed) == "LM-7K3F9"
