"""Screens every message for emergencies and contraindications."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.intents import shared_intents
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.preprocessing import ORIGINAL_TEXT
from lamoon.screening.conversation import screening_answer
from lamoon.screening.crisis import is_past_and_over
from lamoon.screening.screener import shared_screener, summary
from lamoon.screening.second_opinion import NO_FINDING, Thresholds, combine

SAFETY = "safety"
SCREENING_ANSWER = "screening_answer"  # for the action server, which then needs no screening of its own


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreening(GraphComponent):
    """Adds `safety` to the parse result and, in an emergency, overrides the intent.

    The catalogue's rules come first. The classifier is a second opinion: it may raise their result, never lower it.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        """Loads the catalogue.

        Raises:
            CatalogueError: when the catalogue is broken; Rasa then does not start.
        """
        self._thresholds = thresholds
        self._screener = shared_screener()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The defaults of `lamoon.screening.second_opinion.Thresholds`."""
        return asdict(Thresholds())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreening:
        """Makes the component (called by Rasa); `config` holds the fields of `Thresholds`."""
        return cls(Thresholds(**{name: config[name] for name in asdict(Thresholds())}))

    def process(self, messages: list[Message]) -> list[Message]:
        """Screens each message as Rasa received it, before `FreeText` and the spelling repair changed it.

        The gateway removes command prefixes and invisible characters; other programs may send them.
        """
        for message in messages:
            read = self._screener.read(message.get(ORIGINAL_TEXT) or message.get(TEXT) or "")
            safety = combine(summary(read), message.get(PROBABILITIES) or {}, self._thresholds, is_past_and_over(read))
            _settle_intent(message, safety["outcome"], safety["question"])
            message.set(SAFETY, dict(safety), add_to_output=True)
            message.set(SCREENING_ANSWER, screening_answer(read), add_to_output=True)
        return messages


def _settle_intent(message: Message, outcome: str, question: bool) -> None:
    name = (message.get(INTENT) or {}).get("name")
    found = outcome not in NO_FINDING
    if outcome == "emergency":
        _set_intent(message, "emergency")
    elif name == "emergency":
        _set_intent(message, _second_best(message) if found else "report_condition")
    elif (found or question) and (name is None or name in shared_intents().unsure):
        # The warning covers the disclosure; this interpretation of the rest would only add confusion.
        _set_intent(message, "report_condition")


def _second_best(message: Message) -> str:
    """The runner-up intent, when the classifier took a condition that the rules named for an emergency."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    names = [
        str(entry["name"]) for entry in ranking if entry["name"] not in (None, "emergency", *shared_intents().unsure)
    ]
    return names[0] if names else "report_condition"


def _set_intent(message: Message, name: str) -> None:
    intent = {"name": name, "confidence": 1.0}
    message.set(INTENT, intent, add_to_output=True)
    others = [other for other in message.get(INTENT_RANKING_KEY) or [] if other["name"] != name]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
