"""Follow-ups lean on what was said before."""

from __future__ import annotations

import pytest

from lamoon.understanding.followups import (
    Reading,
    asks_for_more,
    context_may_win,
    context_wins,
    leans_on_context,
    names_price,
    with_context,
)


@pytest.mark.parametrize(
    "text",
    ["and how often?", "why?", "what about the cost", "for my mum?", "is that safe?", "how long then", "sciatica too?"],
)
def test_short_messages_may_lean_on_their_context(text: str) -> None:
    assert leans_on_context(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "How is myofascial release different from a Swedish massage?",
        "my left shoulder has been stiff since I started working from home",
        "why does restricted fascia cause chronic pain",
    ],
)
def test_a_message_that_says_what_it_is_about_does_not_lean(text: str) -> None:
    assert not leans_on_context(text)


def test_the_context_stands_before_the_message() -> None:
    assert with_context("Does it hurt?", "and for how long?") == "Does it hurt, and for how long?"


TOGETHER = Reading("What are trigger points, ...", "faq/trigger_points", 0.97)


@pytest.mark.parametrize(
    ("text", "label", "confidence"),
    [
        ("why?", "faq/benefits", 0.98),
        ("how do you get rid of them", "ask_services", 0.4),
        ("on mondays", "inform", 0.98),
        ("even on a bad one?", "faq/does_it_hurt", 0.7),
        ("anyone else?", "greet", 0.69),  # no word of it makes it a greeting
    ],
)
def test_what_says_little_is_read_with_its_context(text: str, label: str, confidence: float) -> None:
    assert context_wins(Reading(text, label, confidence), TOGETHER)


@pytest.mark.parametrize(
    ("text", "label", "confidence"),
    [
        ("how much is it?", "ask_prices", 0.998),
        ("what about the cost", "faq/cost", 0.86),
        ("thanks!", "thank", 0.9),
        ("does it hurt", "faq/does_it_hurt", 1.0),
        ("i cant breathe", "emergency", 0.5),
        ("tell me a joke", "out_of_scope/smalltalk_and_jokes", 0.8),
    ],
)
def test_what_is_plain_by_itself_is_read_by_itself(text: str, label: str, confidence: float) -> None:
    assert not context_wins(Reading(text, label, confidence), TOGETHER)


@pytest.mark.parametrize("label", ["faq/cost", "ask_hours", "inform", "affirm", "nlu_fallback"])
@pytest.mark.parametrize("text", ["why?", "and for my mum?", "what about the cost", "how often"])
def test_where_the_context_may_not_win_it_never_does(text: str, label: str) -> None:
    for alone in (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99):
        reading = Reading(text, label, alone)
        wins = [context_wins(reading, Reading("x", "y", sure)) for sure in (0.0, 0.4, 0.9, 0.97, 1.0)]
        assert any(wins) == context_may_win(reading)


@pytest.mark.parametrize(
    "text", ["tell me more", "interesting! go on", "and then?", "ok, anything else?", "more please"]
)
def test_wanting_more_of_the_same(text: str) -> None:
    assert asks_for_more(text)


@pytest.mark.parametrize(
    "text", ["tell me more about prices", "is there more pain", "then I'll come", "what else do you offer"]
)
def test_more_of_something_else(text: str) -> None:
    assert not asks_for_more(text)


def test_a_bare_name_does_not_lean_on_what_was_talked_about() -> None:
    together = Reading("does it hurt, ...", "faq/does_it_hurt", 0.99)
    assert not context_wins(Reading("Priya Nair", "inform", 0.9), together)
    assert context_wins(Reading("for my shoulders", "inform", 0.9), together)


def test_a_related_topic_that_is_clear_is_read_alone() -> None:
    alone = Reading("how soon?", "faq/how_soon_results", 0.84)
    together = Reading("what are the benefits, how soon?", "faq/benefits", 0.9)
    assert context_wins(alone, together)
    assert not context_wins(alone, together, {"faq/how_soon_results"})


@pytest.mark.parametrize(
    ("text", "price"), [("what about the cost", True), ("price-wise?", True), ("cost of an hour", False)]
)
def test_what_it_costs_in_general(text: str, price: bool) -> None:
    assert names_price(text) is price
