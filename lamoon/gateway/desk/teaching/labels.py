"""What people at the desk read instead of intents: a title for every label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lamoon.contract import TOPIC_INTENT, topic_of
from lamoon.knowledge import Topics

UNKNOWN = "Not understood"
INTENTS = {
    "greet": "Says hello",
    "goodbye": "Says goodbye",
    "thank": "Says thank you",
    "affirm": "Says yes",
    "deny": "Says no",
    "bot_challenge": "Asks whether it is a machine",
    "help": "Asks what the assistant can do",
    "book_appointment": "Wants to book",
    "cancel_or_change_booking": "Wants to cancel or move a booking",
    "handoff_to_human": "Wants a person",
    "report_condition": "Tells of a health condition",
    "emergency": "Tells of an emergency",
    "ask_hours": "Asks for opening hours",
    "ask_location": "Asks where the studio is",
    "ask_prices": "Asks for prices",
    "ask_services": "Asks what is offered",
    "feedback_positive": "Praises an answer",
    "feedback_negative": "Complains about an answer",
    "inform": "Gives a name, contact or time",
    "stop": "Wants to stop",
    "forget_me": "Wants to be forgotten",
    "nlu_fallback": UNKNOWN,
    "": "No answer at all",
}


def title(label: str, topics: Topics) -> str:
    """The title of a label. A kind that the guide does not cover is named as such."""
    if topic_of(label) in topics.titles:
        return topics.titles[topic_of(label)]
    kind, _, name = label.partition("/")
    if kind == "out_of_scope" and name:
        return f"Not in the guide: {name.replace('_', ' ')}"
    return INTENTS.get(label, label)


def choices(labels: Iterable[str], topics: Topics) -> Mapping[str, list[tuple[str, str]]]:
    """All labels to pick from, by group: (label, title), in the order of reading."""
    groups: dict[str, list[tuple[str, str]]] = {"Topics of the guide": [], "Not in the guide": [], "Other": []}
    for label in labels:
        kind = label.partition("/")[0]
        group = {TOPIC_INTENT: "Topics of the guide", "out_of_scope": "Not in the guide"}.get(kind, "Other")
        groups[group].append((label, title(label, topics)))
    return {group: sorted(found, key=lambda pair: pair[1]) for group, found in groups.items() if found}
