"""A clear yes, a clear no, and everything that is neither: consent hangs on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.text.answers import parse_yes_no

YES = [
    "yes",
    "Yes!",
    "yes please",
    "yeah sure",
    "YEP",
    "ok",
    "okay then",
    "of course",
    "sure, go ahead",
    "send it",
    "yes, send it please",
    "that's fine",
    "that’s right, thank you",
    "sounds good to me",
    "I agree",
    "no problem",
    "no worries, send it",
    "perfect, thanks",
    "y",
    "go for it",
    "absolutely",
    "yep go",
    "aye captain",
    "yea all cool",
    "certainly, my dear",
    "yesss 🎉",
    "yes, pass my details on",
    "absolutely, fire it over",
    "I have no objection",
]
NO = [
    "no",
    "No.",
    "no thanks",
    "nope",
    "nah mate",
    "never",
    "don't",
    "please don't send it",
    "ok no don't",
    "I do not agree",
    "of course not",
    "not now",
    "that is wrong",
    "n",
    "no way",
    "nah, bro",
    "nooo please",
    "I'd rather you didn't, sorry",
]
NEITHER = [
    "",
    "   ",
    "🙃",
    "?!",
    "maybe",
    "what for?",
    "yes but change my number",
    "no idea",
    "I have a blood clot",
    "yes, I have a blood clot",
    "my name is Maria",
    "who reads it",
    "да",
    "sí señor",
    "thank you",
    "it is",
    "none of these",
    "maria@example.com",
    "yesterday",
    "know",
    "okra",
    "let me go",
    "yes, if it stays private",
    "sure, my other number",
    "yes put me through to somebody",
    "ok I go now",
    "lovely, thanks",
]


@pytest.mark.parametrize("text", YES)
def test_a_clear_yes(text: str) -> None:
    assert parse_yes_no(text) is True


@pytest.mark.parametrize("text", NO)
def test_a_clear_no(text: str) -> None:
    assert parse_yes_no(text) is False


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert parse_yes_no(text) is None


@pytest.mark.parametrize("text", ["go away", "please go away", "is that ok?", "is it right?", "ok 👎"])
def test_a_refusal_or_a_question_back_is_no_yes(text: str) -> None:
    assert parse_yes_no(text) is not True


@pytest.mark.parametrize("text", ["is that ok", "is it right", "would you agree"])
def test_a_question_without_its_sign_is_no_yes(text: str) -> None:
    assert parse_yes_no(text) is not True


@pytest.mark.parametrize("text", ["not sure", "I'm not sure", "wait", "wait please"])
def test_doubt_is_no_clear_no(text: str) -> None:
    assert parse_yes_no(text) is None


@given(st.sampled_from(YES), st.sampled_from(["no", "don't", "never"]), st.booleans())
def test_a_no_anywhere_is_never_a_yes(yes: str, no: str, first: bool) -> None:
    assert parse_yes_no(f"{no}. {yes}" if first else f"{yes}. {no}") is not True


@given(st.sampled_from([*YES, *NO]), st.sampled_from(["blood", "doctor", "pregnant", "question", "whatever"]))
def test_an_unknown_word_makes_it_unclear(text: str, word: str) -> None:
    assert parse_yes_no(f"{text} {word}") is None


@given(st.sampled_from([*YES, *NO, *NEITHER]), st.sampled_from(["{}!", "  {} ", "{}...", '"{}"']))
def test_capitals_and_signs_do_not_matter(text: str, frame: str) -> None:
    assert parse_yes_no(frame.format(text.upper())) == parse_yes_no(text)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert parse_yes_no(text) in (True, False, None)
