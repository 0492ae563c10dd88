"""Which topics to offer when a message was not understood, and what a "yes" to an offer means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lamoon.knowledge.topics import Topic, Topics

CHOICES = 2
SMALLEST_PROBABILITY = 0.05


def suggested_topics(parsed: Mapping[str, Any], topics: Topics) -> list[Topic]:
    """The likeliest topics of a message.

    Args:
        parsed: a parse result of Rasa's, with `response_selector.faq.ranking`.
        topics: all topics.

    Returns:
        Up to two, likeliest first; none where nothing comes near.
    """
    ranking = parsed.get("response_selector", {}).get("faq", {}).get("ranking", [])
    likely = [entry for entry in ranking if entry["confidence"] >= SMALLEST_PROBABILITY][:CHOICES]
    ids = [entry["intent_response_key"].removeprefix("faq/") for entry in likely]
    return [topics.by_id[topic_id] for topic_id in ids if topic_id in topics.by_id]


def misses_in_a_row(events: Sequence[Mapping[str, Any]]) -> int:
    """How many of the visitor's last messages, this one included, were not understood."""
    count = 0
    for event in reversed(events):
        if event.get("event") == "user":
            if _intent(event) != "nlu_fallback":
                break
            count += 1
    return count


def last_offered_topic(events: Iterable[Mapping[str, Any]], topics: Topics) -> Topic | None:
    """The first topic among the buttons that were shown last."""
    by_title = {topic.title: topic for topic in topics.all}
    for event in reversed(list(events)):
        if event.get("event") == "bot":
            buttons = (event.get("data") or {}).get("buttons") or []
            offered = [by_title[button["payload"]] for button in buttons if button["payload"] in by_title]
            if offered:
                return offered[0]
    return None


def _intent(event: Mapping[str, Any]) -> str | None:
    name = event.get("parse_data", {}).get("intent", {}).get("name")
    return str(name) if name else None
