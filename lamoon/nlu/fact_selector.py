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
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.contract import TOPIC_INTENT, Label, topic_of
from lamoon.knowledge import Fact, Facts, Topics, load_facts, load_topics
from lamoon.knowledge.facts import FOLDER
from lamoon.knowledge.open_points import asks_measure
from lamoon.nlu.candidates import FACT, FOLLOW_UP, READING_AS, reading_of
from lamoon.nlu.component import QUESTIONS, code_fingerprint
from lamoon.nlu.context import CONTEXT, blocks_in_a_row
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.sentence_encoder import project_encoder, vector_of
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import phrase_key
from lamoon.understanding.fact_scorer import KEPT, THRESHOLDS, Example, FactScorer, Scored, Thresholds, chosen
from lamoon.understanding.fact_words import FactWords
from lamoon.understanding.followups import Reading, asks_for_more, content_words, leaves_out, names_price, says_nothing
from lamoon.understanding.questions import is_question

MOST_CONFIDENT = 0.97
CONFIDENCE_OFFSET = 0.45
"""Added to a score to make it a confidence: of development questions, that many were right at such a score."""

NEXT_TO_CONTEXT = 0.70
"""The score of a follow-up for a fact of a topic next to the one that was talked about."""
FAR_FROM_CONTEXT = 0.90
"""The same for a fact of any other topic."""
OVER_KEPT = 0.85
"""From where on a fact of the topic that was talked about wins against what `KEPT_IN_CONTEXT` names."""
WEAK_IN_CONTEXT, SURE_ALONE = 0.65, 0.95
"""Below the first, a fact of the topic that was talked about does not win against a classifier as sure of another topic."""
OF_CONTEXT = 0.10
"""For facts of the topic that was talked about, where a message stands by itself."""
UNASKED = 0.12
"""Against facts that say that the guide gives no number or time, where none is asked for."""
COST = "cost"
"""The topic of "and price-wise?" behind another topic: what the guide says, and the studio's prices."""
KEPT_IN_CONTEXT = frozenset(KEPT) - {"inform"}
"""Outside of forms nothing is an answer to a question of theirs."""
MOST_MEASURED = 0.6
"""The share of example questions with which such a fact is about a number or a time."""
FEWEST_CONTENT_WORDS = 2
"""With fewer, a follow-up is not taken for a question about another topic."""
IN_CONTEXT_ELSEWHERE = replace(THRESHOLDS, unsure=0.75, other_topic=0.75, per_confidence=0.0)


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
        self._words = FactWords(dict(_texts(self._facts)))
        self._titles = {phrase_key(topic.title): topic.id for topic in self._topics.all}
        self._silent = frozenset(fact.id for fact in self._facts.by_id.values() if fact.silent)
        self._measured = frozenset(fact.id for fact in self._facts.by_id.values() if _is_measured(fact))

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
                self._alone(message, THRESHOLDS, _last_topic(tracker))
        return messages

    def _topic_of(self, context: str, tracker: DialogueStateTracker) -> str:
        """The topic that was talked about; empty for none."""
        asked = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
        questions = (asked.parse_data.get(QUESTIONS) if asked else None) or [{}]
        return self._titles.get(phrase_key(context)) or topic_of(questions[-1].get("topic"))

    def _alone(self, message: Message, at: Thresholds, before: str = "") -> None:
        """Looks for the fact of a message that stands by itself; those of the topic `before` are a little likelier."""
        text = message.get(TEXT) or ""
        if phrase_key(text) in self._titles or parse_yes_no(text) is not None:
            return
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        unasked = frozenset() if asks_measure(text) else self._measured
        scored = [
            replace(
                one,
                score=one.score + OF_CONTEXT * (one.topic == before and one.is_fact) - UNASKED * (one.asks in unasked),
            )
            for one in self._scorer.scores(vector_of(message), _shares(message), self._words.shared(text))
        ]
        scored.sort(key=lambda one: -one.score)
        found = chosen(scored, reading_of(message), self._silent, at)
        if found:
            _write(message, found, min(MOST_CONFIDENT, CONFIDENCE_OFFSET + found.score))

    def _in_context(self, message: Message, together: Message, topic: str, said: set[str]) -> None:
        """Looks for a fact of the topic that was talked about; one of another topic must fit very well.

        It is written to the message and to its combination with what was talked about, whichever is read in the end.
        """
        text = message.get(TEXT) or ""
        read = reading_of(message)
        kept = Label.parse(read.label).intent in KEPT_IN_CONTEXT and not _is_ellipsis(read)
        if kept and read.confidence >= THRESHOLDS.understood:
            return
        if read.label == "ask_prices" and names_price(text):
            _write(message, Scored(COST, read.confidence), max(read.confidence, THRESHOLDS.sure))
            return
        before = said if says_nothing(text) else set()
        if asks_for_more(text):
            found: Scored | None = self._untold(topic, said)
        else:
            found = self._near(message, topic, before, read)
        if found and not (kept and found.score < OVER_KEPT):
            for reading in (message, together):
                _write(reading, found, MOST_CONFIDENT)
            message.set(CONTEXT, together.get(CONTEXT), add_to_output=True)
        elif not kept and len(content_words(text)) >= FEWEST_CONTENT_WORDS:
            self._alone(message, IN_CONTEXT_ELSEWHERE)

    def _untold(self, topic: str, said: set[str]) -> Scored:
        """The next fact of a topic that was not told yet; the topic itself when all were."""
        known = self._facts.by_topic.get(topic)
        facts = [fact.id for fact in known.facts if not fact.silent] if known else []
        return Scored(next((id for id in facts if id not in said), topic), 1.0)

    def _near(self, message: Message, topic: str, said: set[str], read: Reading) -> Scored | None:
        """The fact of a topic that a follow-up asks for, or else of another topic."""
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        text, vector = message.get(TEXT) or "", vector_of(message)
        words = self._words.shared(text)
        own = self._scorer.in_context(vector, topic, words, said)
        if own and own.score < THRESHOLDS.in_context:
            own = None
        if not content_words(text):
            return own
        elsewhere = Label.parse(read.label).topic_id
        if own and own.score < WEAK_IN_CONTEXT and elsewhere not in ("", topic) and read.confidence >= SURE_ALONE:
            own = None
        if own:
            return own
        least = {other.id: NEXT_TO_CONTEXT for other in self._topics.related(topic)}
        others = (self._scorer.in_context(vector, other, words, said) for other in self._topics.by_id if other != topic)
        fitting = (one for one in others if one and one.score >= least.get(one.topic, FAR_FROM_CONTEXT))
        return max(fitting, key=lambda one: one.score, default=None)


def _texts(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """What each fact and overview says, which counts twice, and what asks for it."""
    for entry in facts.topics:
        yield entry.topic, [entry.short.text, entry.short.text, *entry.general]
        for fact in entry.facts:
            yield fact.id, [fact.text, fact.text, *fact.questions, *fact.follow_ups]


def _is_measured(fact: Fact) -> bool:
    """Whether a fact says that the guide gives no number or time."""
    return fact.silent and sum(map(asks_measure, fact.questions)) >= MOST_MEASURED * len(fact.questions)


def _is_ellipsis(read: Reading) -> bool:
    """Whether what looks like a disclosure goes on with a question: "and chronic back pain"."""
    return read.label == "report_condition" and read.confidence < THRESHOLDS.sure and leaves_out(read.text)


def _last_topic(tracker: DialogueStateTracker) -> str:
    """The topic of the reply before; empty for none."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and event.metadata.get("topic"):
            return topic_of(event.metadata["topic"])
    return ""


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
    # Rasa takes an intent for unclear where the next one of the ranking is more confident.
    ranking = [
        {**entry, "confidence": min(entry["confidence"], confidence)}
        for entry in message.get(INTENT_RANKING_KEY) or []
        if entry["name"] != TOPIC_INTENT
    ]
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
    if not found.is_fact:
        return
    value = {"id": found.asks, "topic": found.topic, "confidence": round(confidence, 4)}
    message.set(FACT, value, add_to_output=True)
