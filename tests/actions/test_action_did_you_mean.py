"""Unsure means ask; after two misses in a row, a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_did_you_mean import ActionDidYouMean
from lamoon.knowledge import load_topics
from lamoon.phrasebook import buttons_of

TITLES = load_topics().titles
NEAR, NOTHING_NEAR, STILL_NOTHING = "utter_did_you_mean", "utter_nothing_near", "utter_still_nothing"
PERSON = "I'd like to talk to a person"


def message(*ranking: tuple[str, float]) -> dict[str, Any]:
    entries = [{"intent_response_key": f"faq/{id}", "confidence": confidence} for id, confidence in ranking]
    return {"intent": {"name": "nlu_fallback"}, "response_selector": {"faq": {"ranking": entries}}}


def heard(intent: str) -> dict[str, Any]:
    return {"event": "user", "parse_data": {"intent": {"name": intent}}}


def test_the_nearest_topics_are_offered_by_their_titles_and_a_person(turn: Callable[..., Any]) -> None:
    here = turn()
    here.latest_message = message(("cost", 0.4), ("history", 0.3), ("benefits", 0.2), ("athletes", 0.06))
    here.events = [heard("nlu_fallback")]
    said = here.run(ActionDidYouMean())
    assert said.response == NEAR
    assert said.buttons == [TITLES["cost"], TITLES["history"], TITLES["benefits"], PERSON]
    assert "faq/" not in str(said.messages)


def test_where_nothing_is_near_it_asks_for_other_words(turn: Callable[..., Any]) -> None:
    here = turn()
    here.latest_message = message(("cost", 0.01))
    here.events = [heard("nlu_fallback")]
    said = here.run(ActionDidYouMean())
    assert said.response == NOTHING_NEAR
    assert [button["payload"] for button in buttons_of(NOTHING_NEAR)] == [PERSON]


@pytest.mark.parametrize(
    ("intents", "response"),
    [
        (["nlu_fallback"], NEAR),
        (["nlu_fallback", "nlu_fallback"], NEAR),
        (["nlu_fallback", "nlu_fallback", "nlu_fallback"], STILL_NOTHING),
        (["nlu_fallback", "nlu_fallback", "greet", "nlu_fallback"], NEAR),
    ],
)
def test_after_two_misses_in_a_row_a_person_is_offered(
    turn: Callable[..., Any], intents: list[str], response: str
) -> None:
    here = turn()
    here.latest_message = message(("cost", 0.4))
    here.events = [heard(intent) for intent in intents]
    said = here.run(ActionDidYouMean())
    assert said.response == response
    assert PERSON in [*said.buttons, *(button["payload"] for button in buttons_of(response))]


def test_an_empty_message_is_asked_about_too(turn: Callable[..., Any]) -> None:
    here = turn()
    here.latest_message = {"text": "", "intent": {"name": "nlu_fallback"}}
    assert here.run(ActionDidYouMean()).response == NOTHING_NEAR
