"""The previous turn, for messages that depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.contract import topic_of
from lamoon.intents import shared_intents
from lamoon.knowledge import Topics

CONTEXT = "context"  # of a message that was combined with an earlier question
DISCLOSURE = "report_condition"
WHO_SHOULD_NOT = "contraindications"
LONGEST_CONTEXT = 20


@dataclass(frozen=True)
class LastTurn:
    """The visitor's last message and our replies.

    Attributes:
        context: the previous topic as a question; "" for none.
        choices: what the buttons of the latest reply send.
    """

    context: str
    choices: tuple[str, ...]


def last_turn(tracker: DialogueStateTracker, topics: Topics) -> LastTurn | None:
    """The turn before the current message; None at the start of a conversation."""
    replies = list(takewhile(lambda event: not isinstance(event, UserUttered), reversed(tracker.events)))[::-1]
    if len(replies) == len(tracker.events):
        return None
    asked = tracker.events[len(tracker.events) - len(replies) - 1]
    said = [event for event in replies if isinstance(event, BotUttered)]
    return LastTurn(_context(asked, said, topics), _choices(said))


def _context(asked: Event, said: Sequence[BotUttered], topics: Topics) -> str:
    """The title of the topic answered last, otherwise the visitor's own words."""
    assert isinstance(asked, UserUttered)
    answered = [topic for topic in (topic_of(event.metadata.get("topic")) for event in said) if topic]
    if answered:
        return topics.titles.get(answered[-1], "")
    if asked.intent_name == DISCLOSURE:
        return topics.titles.get(WHO_SHOULD_NOT, "")
    context = str(asked.parse_data.get(CONTEXT) or asked.parse_data.get("text") or "")
    nothing = asked.intent_name in shared_intents().without_context
    return "" if nothing or len(context.split()) > LONGEST_CONTEXT else context


def _choices(said: Sequence[BotUttered]) -> tuple[str, ...]:
    buttons = (said[-1].data.get("buttons") if said else None) or []
    return tuple(str(button["payload"]) for button in buttons)
