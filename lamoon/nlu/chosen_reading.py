"""Behind the classifier: of a message and its proposed readings one message is kept, with all that it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.last_turn import CONTEXT
from lamoon.nlu.proposed_readings import FOLLOW_UP, QUESTION, READING_AS
from lamoon.nlu.untrained import UntrainedComponent
from lamoon.understanding.followups import context_wins
from lamoon.understanding.questions import asked
from lamoon.understanding.reading import Reading

QUESTIONS = "questions"
NOT_UNDERSTOOD = "nlu_fallback"
READ = (INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, "evidence")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ChosenReading(UntrainedComponent):
    """Adds `questions` to each message: what it asks, one or two entries `{text, intent, topic, confidence}`.

    The intent of a message is that of its first question. `topic` is the label with its kind ("faq/cost",
    "out_of_scope/parking"), None for intents without kinds. A message that was read together with what was talked
    about before says with what: `context`.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Keeps the messages and drops the proposals."""
        groups: list[list[Message]] = []
        for message in messages:
            if message.get(READING_AS) is None:
                groups.append([])
            groups[-1].append(message)
        return [_chosen(*group) for group in groups]


def _chosen(message: Message, *proposals: Message) -> Message:
    by_reading = {_reading(proposal): proposal for proposal in (message, *proposals)}
    whole = _reading(message)
    questions = asked(whole, list(_readings(proposals, QUESTION)))
    if questions == [whole]:
        for together in _readings(proposals, FOLLOW_UP):
            if context_wins(whole, together):
                questions = [together]
                message.set(CONTEXT, by_reading[together].get(CONTEXT), add_to_output=True)
    _copy(by_reading[questions[0]], message)
    message.set(QUESTIONS, [_entry(question) for question in questions], add_to_output=True)
    return message


def _copy(reading: Message, message: Message) -> None:
    for name in READ:
        if reading.get(name) is not None:
            message.set(name, reading.get(name), add_to_output=True)


def _readings(proposals: tuple[Message, ...], kind: str) -> Iterator[Reading]:
    return (_reading(proposal) for proposal in proposals if proposal.get(READING_AS) == kind)


def _reading(message: Message) -> Reading:
    intent = message.get(INTENT) or {}
    name = str(intent.get("name") or NOT_UNDERSTOOD)
    selected = (message.get(RESPONSE_SELECTOR) or {}).get(name, {}).get("response", {})
    label = str(selected.get("intent_response_key") or name)
    return Reading(message.get(TEXT) or "", label, float(intent.get("confidence") or 0.0))


def _entry(question: Reading) -> dict[str, Any]:
    intent, kind, _ = question.label.partition("/")
    return {
        "text": question.text,
        "intent": intent,
        "topic": question.label if kind else None,
        "confidence": question.confidence,
    }
