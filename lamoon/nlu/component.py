"""Shared base of the graph components."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Self

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    METADATA,
    METADATA_INTENT,
    RESPONSE_SELECTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from lamoon import understanding
from lamoon.understanding.classifier import KIND_MARK

QUESTIONS = "questions"  # the questions of a message in the parse result
PARSED = "parsed"  # of an entry of `questions`: more fields of its parse result
SPLIT = "split"  # of a message whose questions are answered before the form reads the rest
DROPS = "drops_form"  # of its first entry: the open form ends, and the question is answered
KIND_FIELD = "text"  # metadata of a block of emergency phrases (data/nlu/safety.yml): which text such a message gets
CODE = Path(understanding.__file__).parent


@cache
def code_fingerprint(folder: Path = CODE, patterns: tuple[str, ...] = ("*.py", "*.txt")) -> str:
    """Return a hash of the code and word lists in `folder`, for `fingerprint_addon`: any change invalidates Rasa's
    cache.
    """
    digest = hashlib.sha256()
    for file in sorted(file for pattern in patterns for file in folder.glob(pattern)):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def label_of(example: Message) -> str:
    """Return the label of a training phrase: its topic, its intent, or the intent with the kind of its block."""
    block = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    kind = f"{KIND_MARK}{block[KIND_FIELD]}" if KIND_FIELD in block else ""
    return str(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)) + kind


def set_intent(message: Message, label: str, response: str = "", *, alone: bool = False) -> None:
    """Override the intent of a message.

    Args:
        message: its intent is set, and comes first in the ranking.
        label: an intent, or a topic such as `out_of_scope/other_language`.
        response: the response of a topic.
        alone: whether the message asks nothing else.
    """
    name, _, kind = label.partition("/")
    intent = {"name": name, "confidence": 1.0}
    message.set(INTENT, intent, add_to_output=True)
    others = [other for other in message.get(INTENT_RANKING_KEY) or [] if other["name"] != name]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
    if response:
        selected = {"intent_response_key": label, "utter_action": response, "confidence": 1.0, "responses": []}
        selectors = message.get(RESPONSE_SELECTOR) or {}
        message.set(RESPONSE_SELECTOR, {**selectors, name: {"response": selected, "ranking": []}}, add_to_output=True)
    if alone:
        topic = label if kind else None
        question = {"text": message.get(TEXT) or "", "intent": name, "topic": topic, "confidence": 1.0}
        message.set(QUESTIONS, [question], add_to_output=True)


class StatelessComponent(GraphComponent):
    """A component without trained state. Rasa requires `create` with exactly these annotated parameters."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Make the component (called by Rasa)."""
        return cls()
