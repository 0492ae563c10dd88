"""The fact that a message asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.knowledge import Facts, Topics, load_facts, load_topics
from lamoon.knowledge.facts import FOLDER
from lamoon.nlu.candidates import FACT, FOLLOW_UP, READING_AS, reading_of
from lamoon.nlu.component import code_fingerprint
from lamoon.nlu.context import CONTEXT, blocks_in_a_row
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.sentence_encoder import project_encoder, vector_of
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import phrase_key
from lamoon.understanding.fact_scorer import KEPT, THRESHOLDS, Example, FactScorer, Scored, chosen
from lamoon.understanding.followups import says_nothing
from lamoon.understanding.questions import is_question

MOST_CONFIDENT = 0.97
CONFIDENCE_OFFSET = 0.45
"""Added to a score to make it a confidence: of development questions, that many were right at such a score."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FactSelector(GraphComponent):
    """Adds `fact` ({id, topic, confidence}) to a message that asks about one point of a topic.

    A fact may move a message to its topic: from another topic, from what the guide does not cover, or from what was not
    understood. A follow-up is looked for among the facts of the topic that was talked about.
    """

    def __init__(self, storage: ModelStorage, resource: Resource, scorer: FactScorer | None = None) -> None:
        """Loads facts and topics.

        Raises:
            KnowledgeError: when their files are broken.
        """
        self._storage = storage
        self._resource = resource
        self._scorer = scorer
        self._facts: Facts = load_facts()
        self._topics: Topics = load_topics()
        self._titles = {phrase_key(topic.title): topic.id for topic in self._topics.all}
        self._silent = frozenset(fact.id for fact in self._facts.by_id.values() if fact.silent)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactSelector:
        """Creates an untrained component (called by Rasa)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FactSelector:
        """Loads the trained weights (called by Rasa)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, FactScorer.load(Path(folder)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The code and the facts behind the component, of which Rasa's cache fingerprints the class only."""
        return code_fingerprint() + code_fingerprint(FOLDER, ("*.yml",))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the scorer on the facts' own questions; `training_data` only orders the training."""
        questions = [(Example(topic.id), topic.title) for topic in self._topics.all]
        for entry in self._facts.topics:
            questions += [(Example(entry.topic), question) for question in entry.general]
            for fact in entry.facts:
                questions += [(Example(fact.id), question) for question in fact.questions]
                questions += [(Example(fact.id, in_context=True), question) for question in fact.follow_ups]
        vectors = project_encoder().encode([question for _, question in questions])
        self._scorer = FactScorer.train([example for example, _ in questions], vectors)
        with self._storage.write_to(self._resource) as folder:
            self._scorer.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Adds `fact` where one fits; the message then has the intent and topic of the fact."""
        said = {block.id for block in blocks_in_a_row(tracker)}
        message: Message | None = None
        for reading in messages:
            if reading.get(READING_AS) == FOLLOW_UP and message:
                self._in_context(message, reading, said)
                continue
            if reading.get(READING_AS) is None:
                message = reading
            if not tracker.active_loop_name or is_question(reading.get(TEXT) or ""):
                self._alone(reading)
        return messages

    def _alone(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        if message.get(PROBABILITIES) is None or phrase_key(text) in self._titles or parse_yes_no(text) is not None:
            return
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        scored = self._scorer.scores(vector_of(message), _shares(message))
        found = chosen(scored, reading_of(message), self._silent)
        if found:
            _write(message, found, min(MOST_CONFIDENT, CONFIDENCE_OFFSET + found.score))

    def _in_context(self, message: Message, together: Message, said: set[str]) -> None:
        """Looks for a follow-up's fact, and writes it to the message and to its combination with what was talked about."""
        topic = self._titles.get(phrase_key(str(together.get(CONTEXT) or "")))
        if topic is None or Label.parse(reading_of(message).label).intent in KEPT:
            return
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        text = message.get(TEXT) or ""
        found = self._scorer.in_context(vector_of(message), topic, said if says_nothing(text) else ())
        known = (message.get(FACT) or {}).get("confidence", 0.0)
        if found and found.score >= max(THRESHOLDS.in_context, known if known >= THRESHOLDS.sure else 0.0):
            for reading in (message, together):
                _write(reading, found, MOST_CONFIDENT)
            message.set(CONTEXT, together.get(CONTEXT), add_to_output=True)


def _shares(message: Message) -> dict[str, float]:
    """How the classifier's belief in some topic is spread over the topics."""
    found = {Label.parse(label).topic_id: share for label, share in message.get(PROBABILITIES).items()}
    found.pop("", None)
    whole = sum(found.values()) or 1.0
    return {topic: share / whole for topic, share in found.items()}


def _write(message: Message, found: Scored, confidence: float) -> None:
    label = Label.of_topic(found.topic)
    read = reading_of(message)
    if read.label == str(label):
        confidence = max(confidence, read.confidence)
    ranking = [entry for entry in message.get(INTENT_RANKING_KEY) or [] if entry["name"] != TOPIC_INTENT]
    selectors = message.get(RESPONSE_SELECTOR) or {}
    kinds = (selectors.get(TOPIC_INTENT) or {}).get("ranking", [])
    first = {"intent_response_key": str(label), "confidence": confidence}
    rest = [kind for kind in kinds if kind["intent_response_key"] != str(label)]
    response = {**first, "utter_action": label.response, "responses": []}
    selector = {"response": response, "ranking": [first, *rest]}
    intent = {"name": TOPIC_INTENT, "confidence": confidence}
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *ranking], add_to_output=True)
    message.set(RESPONSE_SELECTOR, {**selectors, TOPIC_INTENT: selector}, add_to_output=True)
    value = {"id": found.asks, "topic": found.topic, "confidence": round(confidence, 4)}
    message.set(FACT, value, add_to_output=True)
