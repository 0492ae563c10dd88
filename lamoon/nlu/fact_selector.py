"""Selection of the fact that a message asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
from lamoon.nlu.candidates import BOTH, FACT, FOLLOW_UP, MAY_FOLLOW, PREVIOUS, READING_AS, reading_of
from lamoon.nlu.component import QUESTIONS, code_fingerprint
from lamoon.nlu.context import CONTEXT, blocks_in_a_row
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.sentence_encoder import VECTOR_OF_BOTH, VECTOR_OF_PREVIOUS, embedded, project_encoder, vector_of
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import phrase_key
from lamoon.understanding.classifier import OUTSIDE
from lamoon.understanding.encoder import Vectors
from lamoon.understanding.fact_scorer import KEPT, THRESHOLDS, Asked, Example, FactScorer, Scored, Thresholds, chosen
from lamoon.understanding.fact_words import FactWords
from lamoon.understanding.followups import Reading, asks_for_more, content_words, leaves_out, names_price, says_nothing
from lamoon.understanding.questions import is_question

MOST_CONFIDENT = 0.97
CONFIDENCE_OFFSET = 0.45
"""Added to a score to give a confidence, calibrated on the share of development questions right at that score."""

WEAK_IN_CONTEXT, SURE_ALONE = 0.85, 0.95
"""Below the first score, a fact of the current topic loses to a classifier with the second confidence in another
topic.
"""
FITS_ALONE, AFTER_ALL = 0.7, 1.0
"""A message that does not look like a follow-up is one if no entry fits it by itself with the first score, and one of the
current topic or a related one fits with the second. Of 38 such follow-ups 32 get their answer instead of 28, and one of
704 questions behind another at random loses it.
"""
IN_CONTEXT = (FOLLOW_UP, MAY_FOLLOW)
OF_CONTEXT = 0.10
"""Bonus for facts of the current topic for a message that does not depend on its context."""
UNASKED = 0.12
"""Penalty for facts that say that the guide gives no number or time, if the message does not ask for one."""
COST = "cost"
"""The topic of "and price-wise?" after another topic: the guide's statements, and the studio's prices."""
KEPT_IN_CONTEXT = frozenset(KEPT) - {"inform"}
"""Outside of forms nothing is an answer to a form's question."""
MOST_MEASURED = 0.6
"""Minimum share of example questions about a number or a time for such a fact."""
FEWEST_CONTENT_WORDS = 2
"""Minimum content words of a follow-up that is taken for a question about another topic."""
IN_CONTEXT_ELSEWHERE = replace(THRESHOLDS, unsure=0.75, other_topic=0.75, per_confidence=0.0)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FactSelector(GraphComponent):
    """Add `fact` ({id, topic, confidence}) to a message that asks about one point of a topic.

    A fact may move a message to its topic: from another topic, from out-of-scope, or from a message that was not
    understood. A follow-up is matched with the facts of the current topic.
    """

    def __init__(self, storage: ModelStorage, resource: Resource, scorer: FactScorer | None = None) -> None:
        """Load facts and topics.

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
        """Create an untrained component (called by Rasa)."""
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
        """Load the trained weights (called by Rasa)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, FactScorer.load(Path(folder)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a fingerprint of the component's code and facts; Rasa's cache fingerprints the class only."""
        return code_fingerprint() + code_fingerprint(FOLDER, ("*.yml",))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the scorer on the facts' own questions; `training_data` only orders the training."""
        questions = [(Example(topic.id), topic.title) for topic in self._topics.all]
        for entry in self._facts.topics:
            questions += [(Example(entry.topic), question) for question in entry.general]
            for fact in entry.facts:
                for in_context, asking in ((False, fact.questions), (True, fact.follow_ups)):
                    questions += [(Example(fact.id, in_context, fact.silent), question) for question in asking]
        vectors = embedded(project_encoder(), [question for _, question in questions])
        self._scorer = FactScorer.train([example for example, _ in questions], vectors)
        with self._storage.write_to(self._resource) as folder:
            self._scorer.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Add `fact` where one fits; the message then have the intent and topic of the fact."""
        said = [block.id for block in blocks_in_a_row(tracker)]
        for i, message in enumerate(messages):
            together = next((one for one in _proposals(messages, i) if one.get(READING_AS) in IN_CONTEXT), None)
            if message.get(READING_AS) in IN_CONTEXT or message.get(PROBABILITIES) is None:
                continue
            if tracker.active_loop_name and not is_question(message.get(TEXT) or ""):
                continue
            topic = self._topic_of(str(together.get(CONTEXT) or ""), tracker) if together else ""
            if together and topic and together.get(READING_AS) == FOLLOW_UP:
                self._in_context(message, together, topic, said)
                continue
            self._alone(message, THRESHOLDS, _last_topic(tracker))
            if together and topic:
                self._in_context_after_all(message, together, topic, said)
        return messages

    def _topic_of(self, context: str, tracker: DialogueStateTracker) -> str:
        """Return the current topic; empty if there is none."""
        asked = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
        questions = (asked.parse_data.get(QUESTIONS) if asked else None) or [{}]
        return self._titles.get(phrase_key(context)) or topic_of(questions[-1].get("topic"))

    def _alone(self, message: Message, at: Thresholds, before: str = "") -> None:
        """Find the fact of a message without context; facts of the topic `before` get a small bonus."""
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
            for one in self._scorer.scores(self._asked(vector_of(message), text), _shares(message))
        ]
        scored.sort(key=lambda one: -one.score)
        found = chosen(scored, reading_of(message), self._silent, at)
        if found:
            _write(message, found, min(MOST_CONFIDENT, CONFIDENCE_OFFSET + found.score))

    def _in_context_after_all(self, message: Message, together: Message, topic: str, said: Sequence[str]) -> None:
        """Give a message that does not look like a follow-up the fact that fits it very well as one."""
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        read = reading_of(message)
        if _acts(read):
            return
        asked = self._asked(vector_of(message), read.text)
        if self._scorer.scores(asked, {})[0].score >= FITS_ALONE:
            return
        found = self._near(message, together, topic, said, read)
        if found and found.score >= AFTER_ALL and found.topic in {topic, *self._related(topic)}:
            _write(message, found, MOST_CONFIDENT)
            message.set(CONTEXT, together.get(CONTEXT), add_to_output=True)

    def _related(self, topic: str) -> set[str]:
        return {other.id for other in self._topics.related(topic)}

    def _asked(self, vector: Vectors, text: str) -> Asked:
        return Asked(vector, self._words.shared(text))

    def _in_context(self, message: Message, together: Message, topic: str, said: Sequence[str]) -> None:
        """Find a fact of the current topic; one of another topic must fit very well. It is written both to the message
        and to its combination with the context.
        """
        text = message.get(TEXT) or ""
        read = reading_of(message)
        if read.label == "ask_prices" and names_price(text):
            _write(message, Scored(COST, read.confidence), max(read.confidence, THRESHOLDS.sure))
            return
        if _acts(read) and not _is_ellipsis(read) and not asks_for_more(text):
            return
        if asks_for_more(text):
            found: Scored | None = self._next_fact(topic, said)
        else:
            found = self._near(message, together, topic, said, read)
        if found:
            for reading in (message, together):
                _write(reading, found, MOST_CONFIDENT)
            message.set(CONTEXT, together.get(CONTEXT), add_to_output=True)
        elif len(content_words(text)) >= FEWEST_CONTENT_WORDS:
            self._alone(message, IN_CONTEXT_ELSEWHERE)

    def _next_fact(self, topic: str, said: Collection[str]) -> Scored:
        """Return the next fact of a topic that was not sent yet; the topic itself if all were."""
        known = self._facts.by_topic.get(topic)
        facts = [fact.id for fact in known.facts if not fact.silent] if known else []
        return Scored(next((id for id in facts if id not in said), topic), 1.0)

    def _near(
        self, message: Message, together: Message, topic: str, said: Sequence[str], read: Reading
    ) -> Scored | None:
        """Return the fact or the other topic that a follow-up asks for; `said`: the ids of the latest texts, oldest first.

        "Why?" asks for something new; what asks nothing ("I'll have one of those") does not ask for the same again.
        """
        assert self._scorer is not None, "Rasa trains or loads a component before it uses it"
        text = message.get(TEXT) or ""
        asked = self._asked(vector_of(message), text)
        previous = self._asked(vector_of(together, VECTOR_OF_PREVIOUS), together.get(PREVIOUS) or "")
        both = self._asked(vector_of(together, VECTOR_OF_BOTH), together.get(BOTH) or "")
        related = self._related(topic)
        scored = self._scorer.follow_up_scores(asked, previous, both, topic, related, _topic_shares(message))
        least = {topic: THRESHOLDS.in_context, **dict.fromkeys(related, THRESHOLDS.next_to_context)}
        may_leave = bool(content_words(text))
        sent = said if says_nothing(text) else ()
        found = next(one for one in scored if one.asks not in sent and (may_leave or one.topic in least))
        is_same = found.asks in said[-1:] and not is_question(text)
        if found.asks == topic or is_same or found.score < least.get(found.topic, THRESHOLDS.elsewhere):
            return None
        elsewhere = Label.parse(read.label).topic_id not in ("", found.topic) and read.confidence >= SURE_ALONE
        return None if content_words(text) and found.score < WEAK_IN_CONTEXT and elsewhere else found


def _texts(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """Yield the texts of each fact and overview, counted twice, with its questions."""
    for entry in facts.topics:
        yield entry.topic, [entry.short.text, entry.short.text, *entry.general]
        for fact in entry.facts:
            yield fact.id, [fact.text, fact.text, *fact.questions, *fact.follow_ups]


def _is_measured(fact: Fact) -> bool:
    """Return whether a fact says that the guide gives no number or time."""
    return fact.silent and sum(map(asks_measure, fact.questions)) >= MOST_MEASURED * len(fact.questions)


def _acts(read: Reading) -> bool:
    """Return whether the classifier is sure enough of an intent that acts, so that no context makes it a question."""
    intent = Label.parse(read.label).intent
    least = THRESHOLDS.understood if intent in KEPT_IN_CONTEXT else THRESHOLDS.sure
    return intent not in (TOPIC_INTENT, OUTSIDE, "inform") and read.confidence >= least


def _is_ellipsis(read: Reading) -> bool:
    """Return whether an apparent disclosure continues a question: "and chronic back pain"."""
    return read.label == "report_condition" and read.confidence < THRESHOLDS.sure and leaves_out(read.text)


def _last_topic(tracker: DialogueStateTracker) -> str:
    """Return the topic of the previous reply; empty if there is none."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and event.metadata.get("topic"):
            return topic_of(event.metadata["topic"])
    return ""


def _proposals(messages: list[Message], place: int) -> Iterator[Message]:
    """Yield the candidates of the message at `place`; empty if it is a candidate itself."""
    if messages[place].get(READING_AS) is None:
        yield from takewhile(lambda one: one.get(READING_AS) is not None, messages[place + 1 :])


def _topic_shares(message: Message) -> dict[str, float]:
    """Return the classifier's probability of each topic."""
    found = {Label.parse(label).topic_id: share for label, share in message.get(PROBABILITIES).items()}
    found.pop("", None)
    return found


def _shares(message: Message) -> dict[str, float]:
    """Return the classifier's probability distribution over the topics."""
    found = _topic_shares(message)
    whole = sum(found.values()) or 1.0
    return {topic: share / whole for topic, share in found.items()}


def _write(message: Message, found: Scored, confidence: float) -> None:
    label = Label.of_topic(found.topic)
    read = reading_of(message)
    if read.label == str(label):
        confidence = max(confidence, read.confidence)
    # Rasa treats an intent as unclear if the next one in the ranking is more confident.
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
