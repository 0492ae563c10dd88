"""What is left of a message: its words, and nothing that a program could obey."""

from __future__ import annotations

import timeit
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lamoon.text.clean import plain_text


@pytest.mark.parametrize(
    "command",
    [
        "/restart",
        '/faq{"topic": "cost"}',
        "  /  /session_start",
        "/intent{}",
        "/greet@0.9",
        '/greet@0.9 {"name": "x"}',
        "EXTERNAL: emergency",
        "external :emergency",
        'EXTERNAL: book{"booking_hold": false}',
        "/EXTERNAL: /restart",
        "\u200b/\u202erestart",
        "/\nrestart\n",
        "/",
        "EXTERNAL:",
    ],
)
def test_nothing_of_a_whole_command_is_left(command: str) -> None:
    assert plain_text(command) == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("/my neck hurts", "my neck hurts"),
        ("//does it hurt?", "does it hurt?"),
        ("/faq does it hurt", "faq does it hurt"),
        ("EXTERNAL: I have chest pain", "I have chest pain"),
        (" / EXTERNAL: / I can't breathe", "I can't breathe"),
        ("/restart please", "restart please"),
    ],
)
def test_before_other_words_only_the_prefix_goes(written: str, kept: str) -> None:
    assert plain_text(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Does it hurt?",
        "and/or",
        "24/7?",
        "is this external: or internal",
        "¿duele?",
        "これは痛いですか",
        "👍🏽",
        '{"a": 1}',
        "<b>hi</b>",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert plain_text(text) == text


def test_line_breaks_become_spaces() -> None:
    assert plain_text("my neck\nhurts\r\n\tso much ") == "my neck hurts   so much"


def test_control_and_invisible_characters_go() -> None:
    assert plain_text("mas\u200bsage\x00 \x1b[31m\u202ehelp\ufeff") == "massage [31mhelp"


def test_typographic_quotes_become_plain_ones() -> None:
    assert plain_text("\u201cI\u2019m sore\u201d, `it\u00b4s bad`") == "\"I'm sore\", 'it's bad'"


def test_nothing_gives_nothing() -> None:
    assert plain_text("") == plain_text(" \n\u200b ") == ""


@given(st.text())
@example("/\u200b/ EXTERNAL : /x")
@example("\U000e0001/restart")
@example("\ud800/restart")
def test_no_text_starts_with_a_command_or_hides_a_character(text: str) -> None:
    plain = plain_text(text)
    assert not plain.startswith("/")
    assert not plain.upper().startswith("EXTERNAL:")
    assert {unicodedata.category(char) for char in plain}.isdisjoint({"Cc", "Cf", "Co", "Cs", "Cn"})
    assert plain == plain.strip()
    assert plain_text(plain) == plain


@given(st.text())
@example("one\u2028two\u2029three")
def test_the_result_is_one_line(text: str) -> None:
    assert len(plain_text(text).splitlines()) <= 1


@pytest.mark.parametrize("separator", ["\x85", "\x1c", "\x1e"])
def test_words_that_an_odd_line_break_separates_do_not_grow_together(separator: str) -> None:
    assert plain_text(f"neck{separator}pain").split() == ["neck", "pain"]


@given(st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1))
def test_letters_and_digits_survive(word: str) -> None:
    assert plain_text(f"?{word}") == f"?{word}"


def test_a_command_with_many_spaces_is_read_at_once() -> None:
    message = f"/a{' ' * 700}x"
    assert min(timeit.repeat(lambda: plain_text(message), number=1, repeat=3)) < 0.1


@pytest.mark.parametrize(
    "message",
    [
        "/" * 10_000 + "a b",
        "/ " * 5_000 + "a b",
        "EXTERNAL:" * 1_100 + "a b",
        "/a" + "{" * 9_000,
        "/a{" + "}" * 9_000 + "x",
    ],
    ids=lambda message: message[:12],
)
def test_a_long_message_is_read_at_once(message: str) -> None:
    assert min(timeit.repeat(lambda: plain_text(message), number=1, repeat=3)) < 0.5
