"""The topics: their titles for buttons, the guide's section, and follow-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from lamoon.contract import TOPIC_INTENT, topic_of
from lamoon.errors import KnowledgeError
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

TITLE_LENGTH: Final = 45
RELATED_COUNT: Final = 3
DEFAULT_PATH: Final = PROJECT / "data" / "topics.yml"


@dataclass(frozen=True)
class Topic:
    """A topic. `title` is a short question on a button, sent as a message when clicked."""

    id: str
    title: str
    section: str
    related: tuple[str, ...]


@dataclass(frozen=True)
class Topics:
    """All topics in the order of the file."""

    all: tuple[Topic, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Topic]:
        return {topic.id: topic for topic in self.all}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of each topic by its id."""
        return {topic.id: topic.title for topic in self.all}

    def related(self, topic_id: str, exclude: Collection[str] = ()) -> tuple[Topic, ...]:
        """Return the follow-ups to a topic that the visitor has not seen yet. Empty for an unknown topic."""
        topic = self.by_id.get(topic_id)
        return tuple(self.by_id[other] for other in topic.related if other not in exclude) if topic else ()


def load_topics(path: Path = DEFAULT_PATH) -> Topics:
    """Read and check the topics file. Raises KnowledgeError, which names file and line."""
    found: dict[str, Topic] = {}
    titles: dict[str, int] = {}
    lines: dict[str, int] = {}
    references: list[Value] = []
    for entry in read(path, KnowledgeError).only("topics")["topics"].items():
        entry.only("id", "title", "section", "related")
        topic_id, title, section = (entry[name].text() for name in ("id", "title", "section"))
        if topic_id in lines:
            entry["id"].fail(f"{topic_id!r} is here again (first in line {lines[topic_id]})", "each topic once")
        if len(title) > TITLE_LENGTH:
            entry["title"].fail(f"has {len(title)} characters", f"at most {TITLE_LENGTH}, which fit on a button")
        if title.casefold() in titles:
            entry["title"].fail(f"is the title of line {titles[title.casefold()]} again", "each title once")
        lines[topic_id], titles[title.casefold()] = entry["id"].line, entry["title"].line
        related = entry["related"].items()
        names = tuple(item.text() for item in related)
        if len(set(names)) != RELATED_COUNT or len(names) != RELATED_COUNT or topic_id in names:
            entry["related"].fail("cannot be offered", f"{RELATED_COUNT} different topics other than {topic_id!r}")
        references += related
        found[topic_id] = Topic(topic_id, title, section, names)
    for item in references:
        if item.text() not in found:
            item.fail(f"there is no topic {item.text()!r}", "the id of a topic in this file")
    return Topics(tuple(found.values()))


CHOICES = 3
SMALLEST_PROBABILITY = 0.05
# Below this confidence an answer also offers the next topic, which is right for two of three development questions.
SURE = 0.62


def suggested_topics(parsed: Mapping[str, Any], topics: Topics) -> list[Topic]:
    """Return the most probable topics of a message.

    Args:
        parsed: a parse result of Rasa's, with `response_selector.faq.ranking`.
        topics: all topics.

    Returns:
        Up to three, most probable first; none when all are improbable.
    """
    ranking = parsed.get("response_selector", {}).get(TOPIC_INTENT, {}).get("ranking", [])
    likely = [entry for entry in ranking if entry["confidence"] >= SMALLEST_PROBABILITY][:CHOICES]
    ids = [topic_of(entry["intent_response_key"]) for entry in likely]
    return [topics.by_id[topic_id] for topic_id in ids if topic_id in topics.by_id]


def other_reading(parsed: Mapping[str, Any], topic_id: str, topics: Topics) -> Topic | None:
    """Return the topic to offer in addition to the answer on `topic_id`; None if the message was clearly understood.

    Args:
        parsed: as in `suggested_topics`, with `intent`.
    """
    if float((parsed.get("intent") or {}).get("confidence") or 0.0) >= SURE:
        return None
    return next((topic for topic in suggested_topics(parsed, topics) if topic.id != topic_id), None)


def misses_in_a_row(events: Sequence[Mapping[str, Any]]) -> int:
    """Return the number of consecutive messages, this one included, that were not understood."""
    count = 0
    for event in reversed(events):
        if event.get("event") == "user":
            if _intent(event) != "nlu_fallback":
                break
            count += 1
    return count


def last_offered_topic(events: Sequence[Mapping[str, Any]], topics: Topics) -> Topic | None:
    """Return the first topic among the buttons of our replies to the visitor's previous message."""
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
