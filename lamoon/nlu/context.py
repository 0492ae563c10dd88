"""The context of a message: the previous turn, and the open question of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking.form import answers_question
from lamoon.contract import topic_of
from lamoon.intents import shared_intents
from lamoon.knowledge import Topics
from lamoon.nlu.component import SPLIT, StatelessComponent
from lamoon.settings import load_settings
from lamoon.studio import live_studio

CONTEXT = "context"  # of a message that was combined with an earlier question
DISCLOSURE = "report_condition"
WHO_SHOULD_NOT = "contraindications"
LONGEST_CONTEXT = 20


@dataclass(frozen=True)
class LastTurn:
    """The visitor's last message and our replies.

    Attributes:
        context: the previous topic as a question; "" for none.
        choices: the payloads of the latest reply's buttons.
        asked: the visitor's words.
    """

    context: str
    choices: tuple[str, ...]
    asked: str = field(default="", repr=False)


def last_turn(tracker: DialogueStateTracker, topics: Topics) -> LastTurn | None:
    """Return the turn before the current message; None at the start of a conversation."""
    replies = list(takewhile(lambda event: not isinstance(event, UserUttered), reversed(tracker.events)))[::-1]
    if len(replies) == len(tracker.events):
        return None
    asked = tracker.events[len(tracker.events) - len(replies) - 1]
    utterances = [event for event in replies if isinstance(event, BotUttered)]
    return LastTurn(_context(asked, utterances, topics), _choices(utterances), _words(asked))


def _words(asked: Event) -> str:
    """Return what the visitor wrote; empty where it is long."""
    assert isinstance(asked, UserUttered)
    words = str(asked.parse_data.get("text") or "")
    return words if len(words.split()) <= LONGEST_CONTEXT else ""


def _context(asked: Event, utterances: Sequence[BotUttered], topics: Topics) -> str:
    """Return the title of the last topic answered, otherwise the visitor's own words."""
    assert isinstance(asked, UserUttered)
    answered = [topic for topic in (topic_of(event.metadata.get("topic")) for event in utterances) if topic]
    if answered:
        return topics.titles.get(answered[-1], "")
    if asked.intent_name == DISCLOSURE:
        return topics.titles.get(WHO_SHOULD_NOT, "")
    context = str(asked.parse_data.get(CONTEXT) or asked.parse_data.get("text") or "")
    nothing = asked.intent_name in shared_intents().without_context
    return "" if nothing or len(context.split()) > LONGEST_CONTEXT else context


def _choices(utterances: Sequence[BotUttered]) -> tuple[str, ...]:
    buttons = (utterances[-1].data.get("buttons") if utterances else None) or []
    return tuple(str(button["payload"]) for button in buttons)


@dataclass(frozen=True)
class Block:
    """A text that was sent on a topic: a fact's, or, under an empty name, the overview."""

    topic: str
    name: str

    @property
    def id(self) -> str:
        return f"{self.topic}/{self.name}"


def blocks_in_a_row(tracker: DialogueStateTracker) -> list[Block]:
    """Return the consecutive texts on the last topic answered, oldest first."""
    found: list[Block] = []
    for event in reversed(tracker.events):
        topic = topic_of(event.metadata.get("topic")) if isinstance(event, BotUttered) else ""
        if topic and found and topic != found[0].topic:
            break
        if topic:
            found.insert(0, Block(topic, str(event.metadata.get("block") or "")))
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormAnswers(StatelessComponent):
    """Set the intent `inform` when a message answers the open question of a form.

    The classifier sees single messages: it may take "Rose Hill" for a question about the location, "0155 55" for noise.
    The open question decides. Rasa passes the tracker to any component whose `process` has that parameter.
    """

    def __init__(self) -> None:
        """Load `studio.yml` for its country, which decides how phone numbers are parsed.

        Raises:
            LamoonError: when the settings or `studio.yml` are broken; Rasa then does not start.
        """
        self._studio = live_studio(load_settings())

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Change the intent of messages that answer the open question; leave all others."""
        question = tracker.get_slot(REQUESTED_SLOT) if tracker.active_loop_name else None
        if question:
            for message in messages:
                if message.get(SPLIT):
                    continue
                intent = message.get(INTENT) or {}
                read_as = str(intent.get("name")), float(intent.get("confidence") or 0.0)
                if answers_question(question, message.get(TEXT) or "", *read_as, self._studio.country):
                    message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
        return messages
