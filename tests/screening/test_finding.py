"""The negations of a message that the second opinion needs."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("no chest pain, just tight pecs from the gym", True),
        ("my calf is tight but not swollen, not red and not hot", True),
        ("I have chest pain and can't breathe", False),
        ("my neck is stiff", False),
    ],
)
def test_a_denied_sign_is_noticed(screener: Screener, text: str, denies: bool) -> None:
    assert screener.screen(text)["denies"] is denies
