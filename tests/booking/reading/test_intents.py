"""The intent of a booking message."""

from __future__ import annotations

import pytest
from booking.reading.conftest import Read


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("book", "can you put me down for friday"),
        ("book", "facial, wed 10:30, Lou, 202-555-0143"),
        ("change", "move it to thursday"),
        ("change", "make it 2 hours"),
        ("change", "no, 3pm not 2pm"),
        ("change", "Thursday doesn't work anymore, can we do Friday at 3?"),
        ("change", "please tell them I have a pacemaker, booking is under Wallace"),
        ("change", "just one r in my surname, Karey"),
        ("change", "it's an appointment for my mum, I should have mentioned"),
        ("change", "same time but the day after"),
        ("change", "I gave you my old mobile, 202-555-0143 is the current one"),
        ("cancel", "I won't make it tomorrow"),
        ("cancel", "Please remove my booking on the 9th"),
        ("status", "did you get my request?"),
        ("status", "When will you call me back?"),
        ("status", "Do I still have my slot for Wednesday?"),
        ("provide", "202-555-0143"),
    ],
)
def test_intent(read: Read, intent: str, text: str) -> None:
    assert read(text).intent == intent


def test_an_answer_gives_data_even_when_it_corrects_itself(read: Read) -> None:
    assert read("Monday, no, Tuesday", "when").intent == "provide"
