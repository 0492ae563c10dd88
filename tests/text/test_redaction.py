"""Words of a deleted message are taken out of what quotes them, and nothing else is."""

from __future__ import annotations

import pytest

from lamoon.text.redaction import REDACTED, Redaction

TOLD = "Yes, a blood clot in my left calf, after the flight to Lima"


@pytest.mark.parametrize(
    ("message", "text", "left"),
    [
        (TOLD, f"You said: {TOLD}.", f"You said: {REDACTED}."),
        (TOLD, "Health: a blood clot in my left calf ...", f"Health: {REDACTED} ..."),
        (TOLD, "yes A BLOOD  CLOT\nin my left calf", REDACTED),
        (TOLD, "A blood clot needs care.", "A blood clot needs care."),
        ("my knee", "You wrote \u201cmy knee\u201d.", f"You wrote \u201c{REDACTED}\u201d."),
        ("leukaemia", "Is it leukaemia?", f"Is it {REDACTED}?"),
        ("yes", "Say yes or no.", "Say yes or no."),
        ("", "Nothing was said.", "Nothing was said."),
        ("do you have a place", "Do you have a pacemaker?", "Do you have a pacemaker?"),
    ],
)
def test_quotes_are_taken_out(message: str, text: str, left: str) -> None:
    assert Redaction(message).text(text) == left


def test_a_field_for_the_visitors_words_is_taken_out_however_short_it_is() -> None:
    record = {
        "open": [{"id": "blood_clot", "words": "blood clot", "turn": 3}],
        "notes": ["the flight to Lima", "my knee"],
        "hold": True,
        "name": "Lima",
    }
    assert Redaction(TOLD).tree(record) == {
        "open": [{"id": "blood_clot", "words": REDACTED, "turn": 3}],
        "notes": [REDACTED, "my knee"],
        "hold": True,
        "name": "Lima",
    }
