"""What people at the desk read instead of intents: a title for every label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lamoon.contract import TOPIC_INTENT, topic_of
from lamoon.intents import shared_intents
from lamoon.knowledge import Topics

NO_LABEL = "No answer at all"


def title(label: str, topics: Topics) -> str:
    """The title of a label. A kind that the guide does not cover is named as such."""
    if topic_of(label) in topics.titles:
        return topics.titles[topic_of(label)]
    kind, _, name = label.partition("/")
    if kind == "out_of_scope" and name:
        return f"Not in the guide: {name.replace('_', ' ')}"
    intent = shared_intents().by_name.get(label)
    return intent.meaning if intent else label or NO_LABEL


def choices(labels: Iterable[str], topics: Topics) -> Mapping[str, list[tuple[str, str]]]:
    """All labels to pick from, by group: (label, title), in the order of reading."""
    groups: dict[str, list[tuple[str, str]]] = {"Topics of the guide": [], "Not in the guide": [], "Other": []}
    for label in labels:
        kind = label.partition("/")[0]
        group = {TOPIC_INTENT: "Topics of the guide", "out_of_scope": "Not in the guide"}.get(kind, "Other")
        groups[group].append((label, title(label, topics)))
    return {group: sorted(found, key=lambda pair: pair[1]) for group, found in groups.items() if found}
