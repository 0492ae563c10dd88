"""One message as a whole: never an exception, the same JSON again, only what is given."""

from __future__ import annotations

import json

import pytest
from booking.reading.conftest import Read
from hypothesis import given, settings
from hypothesis import strategies as st

PIECES = st.sampled_from(
    "monday the 3rd 31st february at 25:00 3 pm between 5 and half past to two thirty - , . ! ? @ a@b.example 555 0142 +44 "
    "7700 900 123 no sorry not but every week next ago for my mum Ana Lee I'm name is lower back facial 60 min 1/13 12/12/12 "
    "\u0661 \u5c71\u7530 \ud800 \x00 \U0001f600 0 00 99 noon or until".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(
    text=st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=80),
    asked=st.sampled_from([None, "name", "contact", "when", "wish"]),
)
def test_no_message_is_too_strange(read: Read, text: str, asked: str | None) -> None:
    shown = read(text, asked).as_json()
    assert json.loads(json.dumps(shown)) == shown
    assert read(text, asked).as_json() == shown
    assert not any(value in (None, "", [], False) for value in shown.values())
    assert shown["intent"] in ("book", "provide", "change", "cancel", "status")


def test_only_what_is_given_is_shown(read: Read) -> None:
    assert read("hello").as_json() == {"intent": "provide"}
    assert read("").as_json() == {"intent": "provide"}


def test_a_whole_request(read: Read) -> None:
    said = "Nils Aho here, hot stones for 75 min, next Friday from 2 to 4, ext is none: 415-555-0177, nils@example.fi"
    assert read(said).as_json() == {
        "name": "Nils Aho",
        "email": "nils@example.fi",
        "phone": "+14155550177",
        "when": [{"day": "2026-12-11", "from": "14:00", "to": "16:00"}],
        "service": "other",
        "minutes": 75,
        "intent": "book",
    }


def test_a_very_long_message_is_read_to_its_limit(read: Read) -> None:
    assert read("I'm Ana Lee, friday. " + "so tired " * 2000).name == "Ana Lee"


def test_references_and_health_are_noted(read: Read) -> None:
    assert read("cancel lm-7k3f9, I have shingles").notes == "LM-7K3F9; health: shingles"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("90 minutes, full back, Friday 10:15, no small talk if possible", "no small talk if possible"),
        ("neck, friday at 3, quiet please, I have a dog with me", "quiet please; I have a dog with me"),
        ("neck, tuesday at 3, no health problems, thanks so much", ""),
        ("my neck is stiff, tuesday, do you take cards?", ""),
        ("umm gosh, so like weds before 2, neck", ""),
    ],
)
def test_what_no_reader_understands_in_the_answer_to_the_wish_is_kept(read: Read, text: str, notes: str) -> None:
    assert read(text, "wish").notes == notes


def test_a_request_to_ring_is_a_contact_and_no_note(read: Read) -> None:
    assert read("Tuesday morning for my hip and you can ring me on 216 555 0187 thank you").notes == ""
