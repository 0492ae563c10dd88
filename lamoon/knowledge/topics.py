"""The topics the assistant answers: their titles for buttons, the guide's section, and what to read next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from lamoon.knowledge.reading import read
from lamoon.project import PROJECT

TITLE_LENGTH: Final = 45
RELATED_COUNT: Final = 3
DEFAULT_PATH: Final = PROJECT / "data" / "topics.yml"


@dataclass(frozen=True)
class Topic:
    """One topic. `title` is a short question that a visitor clicks and that is also sent back as a message."""

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
        """Good follow-ups to a topic, without those already seen. Empty for an unknown topic."""
        topic = self.by_id.get(topic_id)
        return tuple(self.by_id[other] for other in topic.related if other not in exclude) if topic else ()


def load_topics(path: Path = DEFAULT_PATH) -> Topics:
    """Read and check the topics file. Raises KnowledgeError, which names file and line."""
    document = read(path)
    topics: list[Topic] = []
    seen_ids: dict[str, int] = {}
    seen_titles: dict[str, int] = {}
    references = []
    for entry in document.record("topics file", {"topics"})["topics"].items("topics"):
        fields = entry.record("topic", {"id", "title", "section", "related"})
        topic_id, title = fields["id"].text("id"), fields["title"].text("title")
        if topic_id in seen_ids:
            raise fields["id"].error(f"topic {topic_id!r} stands here again (first in line {seen_ids[topic_id]})")
        seen_ids[topic_id] = fields["id"].line
        if len(title) > TITLE_LENGTH:
            raise fields["title"].error(f"title has {len(title)} characters, at most {TITLE_LENGTH} fit on a button")
        if title.casefold() in seen_titles:
            raise fields["title"].error(f"the title of line {seen_titles[title.casefold()]} stands here again")
        seen_titles[title.casefold()] = fields["title"].line
        related = fields["related"].items("related")
        names = tuple(item.text("related topic") for item in related)
        if len(set(names)) != RELATED_COUNT or len(names) != RELATED_COUNT or topic_id in names:
            raise fields["related"].error(f"expected {RELATED_COUNT} different topics other than {topic_id!r}")
        references += related
        topics.append(Topic(topic_id, title, fields["section"].text("section"), names))
    for item in references:
        if item.text("related topic") not in seen_ids:
            raise item.error(f"related topic {item.text('related topic')!r} does not exist")
    return Topics(tuple(topics))
