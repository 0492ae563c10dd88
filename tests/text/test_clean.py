"""Cleaned messages: only the words, nothing invisible, and no commands."""

from __future__ import annotations

import re
import timeit
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lamoon.chat.safe_tree import markdown_tree
from lamoon.text.clean import (
    APOSTROPHES,
    INSIDE_WORDS,
    JOINERS,
    clean,
    escape_markdown,
    fold_accents,
    phrase_key,
    plain_text,
    straight_quotes,
)


@pytest.mark.parametrize(
    "command",
    [
        '/faq{"topic": "cost"}',
        "  /  /session_start",
        "/intent{}",
        "/greet@0.9",
        '/greet@0.9 {"name": "x"}',
        'EXTERNAL: book{"booking_hold": false}',
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
        ("/suicide", "suicide"),
        ("EXTERNAL: emergency", "emergency"),
        ("/EXTERNAL: /restart", "restart"),
        ("\u200b/\u202erestart", "restart"),
    ],
)
def test_before_words_only_the_prefix_goes(written: str, kept: str) -> None:
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


@pytest.mark.parametrize("cleaned", [clean, plain_text])
def test_line_breaks_become_one_space(cleaned: Callable[[str], str]) -> None:
    assert cleaned("my neck\nhurts\r\n\tso much ") == "my neck hurts so much"


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
    assert plain_text(f"?{word}") == unicodedata.normalize("NFC", f"?{word}")


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


@given(st.text())
@example("e\u200d\u0301")
@example("a\u0301\u200d\u0316")
@example("\u1fefx")
def test_programs_read_the_same_of_a_cleaned_message_as_of_a_raw_one(text: str) -> None:
    assert plain_text(clean(text)) == plain_text(text)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_people_are_shown_joiners_typographic_quotes_and_characters_of_a_newer_unicode() -> None:
    family, farsi, newer = "\U0001f468\u200d\U0001f467", "\u0645\u06cc\u200c\u062e", "\U0001fadd"
    text = f"\u201c{family}\u201d {farsi} {newer}"
    assert clean(text) == text
    assert not set(JOINERS) & set(plain_text(text))


def test_people_are_shown_nothing_that_hides_or_turns_text() -> None:
    assert clean("mas\u200bsage\x00 \u202ehelp\ufeff \ud800") == "massage help"


def test_what_is_pasted_inside_words_is_invisible_or_an_accent() -> None:
    pasted = re.findall(f"[{INSIDE_WORDS}]", "".join(map(chr, range(0x10000))))
    assert all(unicodedata.category(char) in ("Cf", "Mn") for char in pasted)
    assert fold_accents("x".join(pasted)) == "x" * (len(pasted) - 1)


def test_quotes_become_straight_one_character_for_one() -> None:
    assert straight_quotes(APOSTROPHES) == "'" * len(APOSTROPHES)
    assert straight_quotes("\u201cI\u2019m\u201d") == '"I\'m"'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("CÁNCER", "cancer"),
        ("can\u200bcer", "cancer"),
        ("it’s", "it's"),
        ("ｃｌｏｔ", "clot"),
        ("cance\u0301r", "cancer"),
    ],
)
def test_accents_width_and_invisible_characters_do_not_matter(written: str, read: str) -> None:
    assert fold_accents(written) == read


@pytest.mark.parametrize(
    "text",
    ["What's MFR?", "whats mfr", "WHATS  MFR!!", "what\u2019s \u2014 m\uff46r", " whats\tmfr ", "what\u02bcs mfr"],
)
def test_capitals_punctuation_and_spaces_do_not_count(text: str) -> None:
    assert phrase_key(text) == "whats mfr"


@pytest.mark.parametrize(("text", "folded"), [("?!", "?!"), ("\U0001f44d", "\U0001f44d"), ("", ""), ("நன்றி!", "நன்றி")])
def test_text_without_latin_words_stays_itself(text: str, folded: str) -> None:
    assert phrase_key(text) == folded


@pytest.mark.parametrize(
    "text",
    [
        "14. December at 3 pm is free.",
        "1) first",
        "5*60*2",
        "a_b_c and _great_",
        ":)",
        "# one",
        "> two",
        "- three",
        "+ 4",
        "=====",
        "https://example.com/a_b?c=d&e=f",
        "**b** [l](https://x.y) <i> &amp; `x` \\*",
        "3.5 kg",
    ],
)
def test_escaped_words_read_as_typed(text: str) -> None:
    def words(tree: list[dict[str, Any]]) -> str:
        return "".join(node.get("v", "") + words(node.get("c", [])) for node in tree)

    assert words(markdown_tree(escape_markdown(text))) == text
