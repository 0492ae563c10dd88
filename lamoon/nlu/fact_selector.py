"""The fact that a message asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.contract import TOPIC_INTENT, Label, topic_of
from lamoon.knowledge import Facts, Topics, load_facts, load_topics
from lamoon.knowledge.facts import FOLDER
from lamoon.nlu.candidates import FACT, FOLLOW_UP, READING_AS, reading_of
from lamoon.nlu.component import QUESTIONS, code_fingerprint
from lamoon.nlu.context import CONTEXT, blocks_in_a_row
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.sentence_encoder import project_encoder, vector_of
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import phrase_key
from lamoon.understanding.encoder import Vectors
from lamoon.understanding.fact_scorer import KEPT, THRESHOLDS, Example, FactScorer, Scored, Thresholds, chosen
from lamoon.understanding.followups import content_words, says_nothing
from lamoon.understanding.questions import is_question

MOST_CONFIDENT = 0.97
CONFIDENCE_OFFSET = 0.45
"""Added to a score to make it a confidence: of development questions, that many were right at such a score."""

NEXT_TO_CONTEXT = 0.65
"""The cosine of a follow-up to a fact of a topic next to the one that was talked about."""
FEWEST_CONTENT_WORDS = 2
"""With fewer, a follow-up is not taken for a question about another topic."""
IN_CONTEXT_ELSEWHERE = replace(THRESHOLDS, unsure=THRESHOLDS.sure_of_topic)


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
                for in_context, asking in ((False, fact.questions), (True, fact.follow_ups)):
                    questions += [(Example(fact.id, in_context, fact.silent), question) for question in asking]
        vectors = project_encoder().encode([question for _, question in questions])
        self._scorer = FactScorer.train([example for example, _ in questions], vectors)
        with self._storage.write_to(self._resource) as folder:
            self._scorer.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Adds `fact` where one fits; the message then has the intent and topic of the fact."""
        said = {block.id for block in blocks_in_a_row(tracker)}
        for i, message in enumerate(messages):
            together = next((one for one in _proposals(messages, i) if one.get(READING_AS) == FOLLOW_UP), None)
            if message.get(READING_AS) == FOLLOW_UP or message.get(PROBABILITIES) is None:
                continue
            if tracker.active_loop_name and not is_question(message.get(TEXT) or ""):
                continue
            topic = self._topic_of(str(together.get(CONTEXT) or ""), tracker) if together else ""
            if together and topic:
                self._in_context(message, together, topic, said)
            else:
                self._alone(message, THRESHOLDS)
        return messages

    def _topic_of(self, context: str, tracker: DialogueStateTracker) -> str:
        """The topic that was talked about; empty for none."""
        asked = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
        questions = (asked.parse_data.get(QUESTIONS) if asked else None) or [{}]
        return self._titles.get(phrase_key(context)) or topic_of(questions[-1].get("topic"))

    def _alone(self, message: Message, at: Thresholds) -> None:
        text = message.get(TEXT) or ""
        if phrase_key(text) in self._titles or parse_yes_no(text) is not None:
            return
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        scored = self._scorer.scores(vector_of(message), _shares(message))
        found = chosen(scored, reading_of(message), self._silent, at)
        if found:
            _write(message, found, min(MOST_CONFIDENT, CONFIDENCE_OFFSET + found.score))

    def _in_context(self, message: Message, together: Message, topic: str, said: set[str]) -> None:
        """Looks for a fact of the topic that was talked about; one of another topic must fit very well.

        It is written to the message and to its combination with what was talked about, whichever is read in the end.
        """
        text = message.get(TEXT) or ""
        if Label.parse(reading_of(message).label).intent in KEPT:
            return
        before = said if says_nothing(text) else set()
        found = self._near(vector_of(message), topic, before, alone=not content_words(text))
        if found:
            for reading in (message, together):
                _write(reading, found, MOST_CONFIDENT)
            message.set(CONTEXT, together.get(CONTEXT), add_to_output=True)
        elif len(content_words(text)) >= FEWEST_CONTENT_WORDS:
            self._alone(message, IN_CONTEXT_ELSEWHERE)

    def _near(self, vector: Vectors, topic: str, said: set[str], *, alone: bool) -> Scored | None:
        """The fact of a topic that a follow-up asks for, or else, unless `alone`, of a topic that is offered with it."""
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        own = self._scorer.in_context(vector, topic, said)
        if alone or (own and own.score >= THRESHOLDS.in_context):
            return own if own and own.score >= THRESHOLDS.in_context else None
        others = (self._scorer.in_context(vector, other.id, said) for other in self._topics.related(topic))
        best = max((one for one in others if one), key=lambda one: one.score, default=None)
        return best if best and best.score >= NEXT_TO_CONTEXT else None


def _proposals(messages: list[Message], place: int) -> Iterator[Message]:
    """The other ways to read the message at `place`; none of what is such a way itself."""
    if messages[place].get(READING_AS) is None:
        yield from takewhile(lambda one: one.get(READING_AS) is not None, messages[place + 1 :])


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
