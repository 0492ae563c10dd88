"""Only what is evidently cut off is a piece; whole messages stay apart."""

from __future__ import annotations

import pytest

from lamoon.chat.pieces import NAME, belongs_together, is_cut_off

PIECES = [
    ("i have a question about", "prices"),
    ("hi", "so I have a question"),
    ("my name is", "Maria"),
    ("i don't have", "a blood clot"),
    ("I do not have any", "blood clots"),
    ("do you have", "a shower?"),
    ("can I come", "on Thursday"),
    ("Thursday", "after 5"),
    ("I wanted to ask,", "does it hurt"),
    ("it started last week...", "my neck is stiff"),
    ("what is", "myofascial release"),
    ("my left arm and", "my shoulder"),
]
APART = [
    ("where are you", "how much is it"),
    ("Where are you?", "about the prices"),
    ("How long does it take?", "and does it hurt"),
    ("no", "a blood clot"),
    ("no thanks", "on Friday then"),
    ("yes", "on Thursday"),
    ("on Thursday", "yes"),
    ("I'd like to", "stop"),
    ("stop", "on Thursday"),
    ("help", "with my back"),
    ("you can reach me at", "maria@example.com"),
    ("my number is", "415 555 0177"),
    ("maria@example.com", "on Thursday"),
    ("prices", "parking"),
    ("thanks", "for your help"),
    ("👍", "on Thursday"),
    ("can I come", "on Thursday?"),
    ("I have a question about", "x" * 81),
    ("what is it made of", "the tissue"),
    ("yes I do", "on Thursday"),
    ("I don't", "a blood clot"),
    ("", "on Thursday"),
    ("so", "!"),
]


@pytest.mark.parametrize(("before", "after"), PIECES)
def test_what_is_cut_off_goes_on(before: str, after: str) -> None:
    assert belongs_together(before, after)


@pytest.mark.parametrize(("before", "after"), APART)
def test_what_is_whole_is_read_by_itself(before: str, after: str) -> None:
    assert not belongs_together(before, after)


@pytest.mark.parametrize(
    ("before", "after"), [("Maria", "Lopez"), ("maria", "lopez"), ("Ana Maria", "Lopez"), ("my name is", "Ana")]
)
def test_a_name_comes_in_pieces_where_a_name_is_asked_for(before: str, after: str) -> None:
    assert belongs_together(before, after, NAME)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Maria Lopez", "maria@example.com"),
        ("Maria", "yes"),
        ("Maria", "stop"),
        ("Maria", "how much"),
        ("Maria", "parking"),
        ("Maria Lopez", "a stiff neck please"),
    ],
)
def test_no_other_answer_becomes_part_of_a_name(before: str, after: str) -> None:
    assert not belongs_together(before, after, NAME)


def test_outside_the_question_for_it_a_name_is_no_piece() -> None:
    assert not belongs_together("Maria", "Lopez")
    assert not belongs_together("Maria", "Lopez", "contact")


def test_a_greeting_opens_nothing_inside_a_form() -> None:
    assert not belongs_together("hi", "Maria Lopez", "contact")


@pytest.mark.parametrize(("text", "so"), [("I don't have", True), ("no", False), ("my neck", False), ("", False)])
def test_what_breaks_off(text: str, *, so: bool) -> None:
    assert is_cut_off(text) is so
