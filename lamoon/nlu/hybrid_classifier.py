"""Classification of the intent and, for retrieval intents, the topic."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_RANKING_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu.candidates import BESIDE, FOLLOW_UP, IN_BOOKING, OURS, QUESTION, READING_AS, grouped, reading_of
from lamoon.nlu.component import code_fingerprint, label_of
from lamoon.nlu.context import DISCLOSURE
from lamoon.nlu.preprocessing import REPAIRED_TEXT, screened
from lamoon.nlu.sentence_encoder import SENTENCE_VECTOR, vector_of
from lamoon.understanding.classifier import KIND_MARK, ClassifierSettings, HybridClassifier, Prediction
from lamoon.understanding.followups import context_may_win
from lamoon.understanding.questions import undecided

RESPONSE_SELECTOR = "response_selector"
PROBABILITIES = "label_probabilities"  # of every label, for later components; not part of the parse result
RANKING_LENGTH = 10
MOST_KEPT = 300  # more than there are buttons and topics


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(GraphComponent):
    """Fill `intent`, `intent_ranking` and `response_selector`, as Rasa's own classifier and selector do together."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """`config` holds the fields of `ClassifierSettings`."""
        self._settings = ClassifierSettings(**{name: config[name] for name in asdict(ClassifierSettings())})
        self._storage = storage
        self._resource = resource
        self._classifier: HybridClassifier | None = None
        self._kept: dict[str, Prediction] = {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The defaults of `lamoon.understanding.classifier.Settings`."""
        return asdict(ClassifierSettings())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HybridIntentClassifier:
        """Create an untrained component (called by Rasa)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HybridIntentClassifier:
        """Load the trained weights (called by Rasa)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._classifier = HybridClassifier.load(Path(folder))
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a fingerprint of the component's code; Rasa's cache fingerprints the class only."""
        return code_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on the prepared phrases."""
        import numpy as np

        examples = training_data.intent_examples
        self._classifier = HybridClassifier.train(
            [example.get(REPAIRED_TEXT) or example.get(TEXT) for example in examples],
            [label_of(example) for example in examples],
            np.stack([example.get(SENTENCE_VECTOR) for example in examples]),
            self._settings,
        )
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message; an empty one gets no intent, which becomes `nlu_fallback`.

        A candidate is skipped if earlier results are so clear that it changes nothing.
        """
        for message, *candidates in grouped(messages):
            self._classify(message)
            self._classify_parts(message, [one for one in candidates if one.get(READING_AS) == QUESTION])
            for beside in candidates:
                if beside.get(READING_AS) == BESIDE and _may_disclose(message):
                    self._classify(beside)
            for together in candidates:
                if together.get(READING_AS) == FOLLOW_UP and context_may_win(reading_of(message)):
                    self._classify(together)
        return messages

    def _classify_parts(self, message: Message, parts: list[Message]) -> None:
        whole = reading_of(message)
        for place, part in enumerate(parts):
            if not undecided(whole, [reading_of(read) for read in parts[:place]], len(parts) - place):
                return
            self._classify(part)

    def _classify(self, message: Message) -> None:
        text = message.get(REPAIRED_TEXT) or message.get(TEXT) or ""
        if not text.strip():
            message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
            return
        _write(message, self._ours(text, message) if message.get(OURS) else self._predict(text, message))

    def _ours(self, text: str, message: Message) -> Prediction:
        """Return the prediction for one of our own sentences, cached. A visitor's words are never cached."""
        if text not in self._kept and len(self._kept) < MOST_KEPT:
            self._kept[text] = self._predict(text, message)
        return self._kept.get(text) or self._predict(text, message)

    def _predict(self, text: str, message: Message) -> Prediction:
        assert self._classifier is not None, "Rasa trains or loads a component before it uses it"
        return self._classifier.predict(text, vector_of(message))


@cache  # needed for every label in every message
def _intent(label: str) -> str:
    return label.partition("/")[0].partition(KIND_MARK)[0]


def _write(message: Message, prediction: Prediction) -> None:
    base = _intent(prediction.labels[0])
    ranking = _intent_ranking(prediction)
    message.set(INTENT, {"name": base, "confidence": prediction.confidence}, add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking[:RANKING_LENGTH], add_to_output=True)
    message.set(RESPONSE_SELECTOR, _selectors(prediction), add_to_output=True)
    message.set(PROBABILITIES, dict(zip(prediction.labels, prediction.probabilities, strict=True)))
    message.set("evidence", {"lead": prediction.margin}, add_to_output=True)


def _intent_ranking(prediction: Prediction) -> list[dict[str, Any]]:
    sums: dict[str, float] = {}
    for label, probability in zip(prediction.labels, prediction.probabilities, strict=True):
        base = _intent(label)
        sums[base] = sums.get(base, 0.0) + probability
    chosen = _intent(prediction.labels[0])
    ordered = sorted(sums.items(), key=lambda item: (item[0] != chosen, -item[1], item[0]))
    return [{"name": name, "confidence": value} for name, value in ordered]


def _selectors(prediction: Prediction) -> dict[str, Any]:
    """Return one entry per retrieval intent, in the form that Rasa's `utter_<retrieval intent>` expects."""
    rankings: dict[str, list[dict[str, Any]]] = {}
    for label, probability in zip(prediction.labels, prediction.probabilities, strict=True):
        base, slash, _ = label.partition("/")
        if slash:
            rankings.setdefault(base, []).append({"intent_response_key": label, "confidence": probability})
    selectors: dict[str, Any] = {"all_retrieval_intents": sorted(rankings)}
    for base, ranking in rankings.items():
        best = ranking[0]["intent_response_key"]
        selectors[base] = {
            "response": {
                "intent_response_key": best,
                "utter_action": f"utter_{best}",
                "confidence": ranking[0]["confidence"],
                "responses": [],
            },
            "ranking": ranking[:RANKING_LENGTH],
        }
    return selectors


def _may_disclose(message: Message) -> bool:
    """Return whether a message may tell of a condition beside its question, or answer a form beside it."""
    discloses = reading_of(message).label == DISCLOSURE
    return bool(message.get(IN_BOOKING)) or discloses or bool(screened(message).findings)
