"""Which topics to offer when a message was not understood, and what a "yes" to an offer means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamoon.contract import TOPIC_INTENT, topic_of
from lamoon.knowledge.topics import Topic, Topics

CHOICES = 2
SMALLEST_PROBABILITY = 0.05
# Below this confidence an answer also offers the next topic: on development questions that is right in two of three.
SURE = 0.8


def suggested_topics(parsed: Mapping[str, Any], topics: Topics) -> list[Topic]:
    """The likeliest topics of a message.

    Args:
        parsed: a parse result of Rasa's, with `response_selector.faq.ranking`.
        topics: all topics.

    Returns:
        Up to two, likeliest first; none where nothing comes near.
    """
    ranking = parsed.get("response_selector", {}).get(TOPIC_INTENT, {}).get("ranking", [])
    likely = [entry for entry in ranking if entry["confidence"] >= SMALLEST_PROBABILITY][:CHOICES]
    ids = [topic_of(entry["intent_response_key"]) for entry in likely]
    return [topics.by_id[topic_id] for topic_id in ids if topic_id in topics.by_id]


def other_reading(parsed: Mapping[str, Any], topic_id: str, topics: Topics) -> Topic | None:
    """The topic to offer beside the answer on `topic_id`, None where the message was plainly understood.

    Args:
        parsed: as in `suggested_topics`, with `intent`.
    """
    if float((parsed.get("intent") or {}).get("confidence") or 0.0) >= SURE:
        return None
    return next((topic for topic in suggested_topics(parsed, topics) if topic.id != topic_id), None)


def misses_in_a_row(events: Sequence[Mapping[str, Any]]) -> int:
    """How many of the visitor's last messages, this one included, were not understood."""
    count = 0
    for event in reversed(events):
        if event.get("event") == "user":
            if _intent(event) != "nlu_fallback":
                break
            count += 1
    return count


def last_offered_topic(events: Sequence[Mapping[str, Any]], topics: Topics) -> Topic | None:
    """The first topic among the buttons that our replies to the visitor's message before this one had."""
    by_title = {topic.title: topic for topic in topics.all}
    users = [number for number, event in enumerate(events) if event.get("event") == "user"]
    replies = events[users[-2] :] if len(users) > 1 else events
    for event in replies:
        if event.get("event") == "bot":
            for button in (event.get("data") or {}).get("buttons") or []:
                if button["payload"] in by_title:
                    return by_title[button["payload"]]
    return None


def _intent(event: Mapping[str, Any]) -> str | None:
    name = event.get("parse_data", {}).get("intent", {}).get("name")
    return str(name) if name else None
