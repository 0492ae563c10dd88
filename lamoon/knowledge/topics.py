"""The topics the assistant answers: their titles for buttons, the guide's section, and what to read next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

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
