"""A yes to suggestions takes the first of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.action_answer_topic import ActionAnswerTopic
from lamoon.knowledge import load_topics


def offered(*titles: str) -> dict[str, Any]:
    return {"event": "bot", "text": "?", "data": {"buttons": [{"title": title, "payload": title} for title in titles]}}


def test_it_answers_the_topic_that_was_offered_first(turn: Callable[..., Any]) -> None:
    topics = load_topics()
    here = turn()
    here.events = [offered(topics.by_id["cost"].title, topics.by_id["history"].title, "I'd like to talk to a person")]
    assert here.run(ActionAnswerTopic()).response == "utter_faq/cost"


def test_where_only_a_person_was_offered_it_asks_what_to_pass_on(turn: Callable[..., Any]) -> None:
    here = turn()
    here.events = [offered("I'd like to talk to a person")]
    said = here.run(ActionAnswerTopic())
    assert said.response == "utter_handoff_intro"
    assert [(event["event"], event["name"]) for event in said.events] == [("followup", "handoff_form")]
