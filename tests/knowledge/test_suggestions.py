"""Which topics are offered, how often in a row nothing was understood, and what a yes to an offer means."""

from __future__ import annotations

from typing import Any

import pytest

from lamoon.knowledge import Topics, load_topics
from lamoon.knowledge.topics import (
    SMALLEST_PROBABILITY,
    Topic,
    last_offered_topic,
    misses_in_a_row,
    suggested_topics,
)

Event = dict[str, Any]


@pytest.fixture(scope="session")
def topics() -> Topics:
    return load_topics()


def parsed(*ranking: tuple[str, float]) -> dict[str, Any]:
    entries = [{"intent_response_key": key, "confidence": confidence} for key, confidence in ranking]
    return {"response_selector": {"all_retrieval_intents": ["faq"], "faq": {"ranking": entries}}}


def ids(found: list[Topic]) -> list[str]:
    return [topic.id for topic in found]


def user(intent: str | None) -> Event:
    return {"event": "user", "text": "words", "parse_data": {"intent": {"name": intent}}}


def bot(*titles: str) -> Event:
    buttons = [{"title": title, "payload": title} for title in titles]
    return {"event": "bot", "text": "words", "data": {"buttons": buttons or None}}


ACTION: Event = {"event": "action", "name": "action_listen"}


def test_the_likeliest_topics_are_offered(topics: Topics) -> None:
    reading = parsed(("faq/cost", 0.4), ("faq/history", 0.3), ("faq/benefits", 0.2), ("faq/athletes", 0.06))
    assert ids(suggested_topics(reading, topics)) == ["cost", "history", "benefits"]


def test_an_unlikely_topic_is_not_offered(topics: Topics) -> None:
    just, below = SMALLEST_PROBABILITY, SMALLEST_PROBABILITY - 0.001
    assert ids(suggested_topics(parsed(("faq/cost", just), ("faq/history", below)), topics)) == ["cost"]
    assert suggested_topics(parsed(("faq/cost", below)), topics) == []


def test_a_topic_that_no_longer_exists_is_left_out(topics: Topics) -> None:
    assert ids(suggested_topics(parsed(("faq/gone", 0.9), ("faq/cost", 0.5)), topics)) == ["cost"]


@pytest.mark.parametrize(
    "reading", [{}, {"response_selector": {}}, {"response_selector": {"faq": {}}}, {"intent": {"name": None}}]
)
def test_without_a_ranking_nothing_is_offered(topics: Topics, reading: dict[str, Any]) -> None:
    assert suggested_topics(reading, topics) == []


@pytest.mark.parametrize(
    ("intents", "misses"),
    [
        ([], 0),
        (["greet"], 0),
        (["nlu_fallback"], 1),
        (["nlu_fallback", "nlu_fallback", "nlu_fallback"], 3),
        (["nlu_fallback", "greet", "nlu_fallback"], 1),
        (["nlu_fallback", "greet"], 0),
        ([None, "nlu_fallback"], 1),
    ],
)
def test_misses_count_back_to_the_last_message_that_was_understood(intents: list[str | None], misses: int) -> None:
    events = [event for intent in intents for event in (user(intent), ACTION, bot())]
    assert misses_in_a_row(events) == misses


def test_an_event_without_a_reading_ends_the_count() -> None:
    assert misses_in_a_row([{"event": "user", "text": "x"}, user("nlu_fallback")]) == 1


def test_a_yes_takes_the_first_topic_that_was_offered_last(topics: Topics) -> None:
    cost, history = topics.by_id["cost"], topics.by_id["history"]
    events = [bot(history.title), user("nlu_fallback"), bot(cost.title, history.title), ACTION, user("affirm"), bot()]
    assert last_offered_topic(events, topics) == cost


def test_an_older_offer_is_not_taken(topics: Topics) -> None:
    cost = topics.by_id["cost"]
    events = [user("nlu_fallback"), bot(cost.title), user("greet"), bot("Book a session"), user("affirm")]
    assert last_offered_topic(events, topics) is None


def test_buttons_that_are_no_topic_are_passed_over(topics: Topics) -> None:
    cost = topics.by_id["cost"]
    assert last_offered_topic([bot("Talk to a person", cost.title)], topics) == cost
    assert last_offered_topic([bot(cost.title), bot("Talk to a person")], topics) == cost


@pytest.mark.parametrize(
    "events",
    [
        [],
        [user("greet"), ACTION],
        [bot()],
        [bot("Talk to a person")],
        [{"event": "bot", "text": "x"}],
        [{"event": "bot", "data": None}],
    ],
)
def test_where_nothing_was_offered_there_is_no_topic(topics: Topics, events: list[Event]) -> None:
    assert last_offered_topic(events, topics) is None
