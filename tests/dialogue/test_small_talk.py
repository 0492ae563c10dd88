"""Complaints, boundaries and the like, and references that the report's visitors made, in other words."""

from __future__ import annotations

import pytest

from dialogue.conftest import Talk
from lamoon.screening import Screener


@pytest.fixture
def talk(screener: Screener) -> Talk:
    return Talk(screener)


@pytest.mark.parametrize(
    ("text", "intent", "topic", "response"),
    [
        ("you dumb machine, are you human at all", "out_of_scope", "out_of_scope/abuse", "utter_bot_challenge"),
        ("one moment please", "stop", "", "utter_take_your_time"),
        ("that was an essay", "feedback_negative", "", "utter_last_answer"),
        ("too many words, give me one sentence", "nlu_fallback", "", "utter_last_answer"),
        ("tldr", "nlu_fallback", "", "utter_last_answer"),
        ("eli5", "nlu_fallback", "", "utter_last_answer"),
        ("say that in simple words", "nlu_fallback", "", "utter_last_answer"),
        ("do your girls wear lingerie", "out_of_scope", "out_of_scope/clothing", "utter_boundary"),
        ("you say the same thing over and over", "feedback_negative", "", "utter_sorry_again"),
        ("my parents won't allow it but I'd book anyway", "book_appointment", "", "utter_parent_first"),
        ("what's the studio's telephone number", "handoff_to_human", "", "utter_studio_contact"),
    ],
)
def test_small_acts_get_their_word(talk: Talk, text: str, intent: str, topic: str, response: str) -> None:
    assert talk.say(text, intent, topic).say == (response,)


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("is there a shorter session", "nlu_fallback", ""),
        ("how long is too long for rolling", "nlu_fallback", ""),
        ("do I keep my underwear on", "out_of_scope", "out_of_scope/clothing"),
    ],
)
def test_what_only_sounds_like_one_is_answered(talk: Talk, text: str, intent: str, topic: str) -> None:
    assert talk.say(text, intent, topic).say == ()


def test_a_boundary_holds_for_the_next_message(talk: Talk) -> None:
    talk.say("do you offer something erotic", "out_of_scope", "out_of_scope/sexual")
    assert talk.say("what would a bonus cost", "ask_prices").say == ("utter_boundary",)
    assert talk.say("what is fascia", "faq", "faq/what_is_fascia").say == ()


def test_a_comparison_is_a_claim_and_another_person_is_not(talk: Talk) -> None:
    talk.say("my brother had a thrombosis")
    assert "action_warn_contraindication" in talk.say("exactly like him", "nlu_fallback").say


def test_places_of_the_list_in_the_form(talk: Talk) -> None:
    talk.say("the fourth", "inform", form="booking_form", answers=True, asks_list=True)
    assert talk.slots["open_conditions"] == ["tumor_cancer"]
