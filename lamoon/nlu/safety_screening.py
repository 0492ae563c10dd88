"""Last in the pipeline: screens every message for emergencies and contraindications."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.free_text import ORIGINAL_TEXT
from lamoon.screening.shared import shared_screener

SAFETY = "safety"
# What is said of a disclosure is said by the warning; these readings of the rest would only add confusion.
UNSURE_INTENTS = (None, "nlu_fallback", "out_of_scope")
UNHEARD = ("none", "inform")
# The classifier is a second opinion: where the rules heard nothing it may raise an emergency, never lower one. Below this
# probability it cries wolf (measured on the development sets: at 0.5 on 1 in 14 harmless messages about health).
EMERGENCY_SURE = 0.95


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreening(GraphComponent):
    """Adds `safety` to the parse result and, in an emergency, sets the intent, whatever the classifier said."""

    def __init__(self) -> None:
        """Loads the catalogue.

        Raises:
            CatalogueError: when `conditions.yml` is broken; Rasa then does not start.
        """
        self._screener = shared_screener()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreening:
        """Makes the component (called by Rasa)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Screens each message as it was written."""
        for message in messages:
            safety = dict(self._screener.screen(message.get(ORIGINAL_TEXT) or message.get(TEXT) or ""))
            name = (message.get(INTENT) or {}).get("name")
            if safety["outcome"] in UNHEARD and _probability(message, "emergency") >= EMERGENCY_SURE:
                safety["outcome"] = "emergency"
            if safety["outcome"] == "emergency":
                _set_intent(message, "emergency")
            elif name == "emergency":
                _set_intent(message, _second_best(message) if safety["outcome"] not in UNHEARD else "report_condition")
            elif safety["outcome"] not in UNHEARD and name in UNSURE_INTENTS:
                _set_intent(message, "report_condition")
            message.set(SAFETY, safety, add_to_output=True)
        return messages


def _probability(message: Message, intent: str) -> float:
    ranking = message.get(INTENT_RANKING_KEY) or []
    return max((float(entry["confidence"]) for entry in ranking if entry["name"] == intent), default=0.0)


def _second_best(message: Message) -> str:
    """What a message is beside the condition that the rules have named and the classifier took for an emergency."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    names = [str(entry["name"]) for entry in ranking if entry["name"] not in ("emergency", *UNSURE_INTENTS)]
    return names[0] if names else "report_condition"


def _set_intent(message: Message, name: str) -> None:
    intent = {"name": name, "confidence": 1.0}
    message.set(INTENT, intent, add_to_output=True)
    others = [other for other in message.get(INTENT_RANKING_KEY) or [] if other["name"] != name]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
