"""Pipeline components for messages with several possible readings: candidates are generated before the classifier, and
one is selected after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking.form import FORM_OF
from lamoon.contract import Label
from lamoon.dialogue.reply import HEALTH_TOPICS, SELF_CARE
from lamoon.knowledge import Topics, load_topics
from lamoon.nlu.component import QUESTIONS, StatelessComponent
from lamoon.nlu.context import CONTEXT, DISCLOSURE, last_turn
from lamoon.text.answers import parse_yes_no
from lamoon.understanding.followups import (
    Reading,
    asks_for_more,
    context_wins,
    leans_on_context,
    picked,
    with_context,
)
from lamoon.understanding.questions import SURE, asked, is_question, possible_questions, question_beside

READING_AS = "reading_as"
OURS = "ours"  # the sentence of a button or the title of a topic, which recurs
QUESTION, FOLLOW_UP, BESIDE = "question", "follow_up", "beside"
MAY_FOLLOW = "may_follow"
"""Reading of a message as a follow-up that does not look like one: only a fact that fits much better makes it one."""
MOST_WORDS_OF_FOLLOW_UP = 14
IN_BOOKING = "in_booking"
ASKED_BESIDE = "asked_beside"
"""Of a message in the booking form: its single question, as read without the rest."""
PREVIOUS, BOTH = "previous", "both"  # of a follow-up: the visitor's previous words, and those with it
RELATED = "related"  # of a follow-up: the labels of topics that are offered with the previous one


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CandidateGenerator(StatelessComponent):
    """Append to a message the questions it may contain, and its combination with the previous topic.

    Later components repair these candidates like any message, and `CandidateSelector` then keeps one. A message without
    a sign of another reading gets no candidates and costs nothing extra. A candidate is embedded and classified only if
    earlier results leave it a chance. A choice given by its place ("the second one") becomes its button's sentence, and
    a button's sentence is marked as `OURS`.
    """

    def __init__(self) -> None:
        """Load the topics.

        Raises:
            KnowledgeError: when `data/topics.yml` is broken.
        """
        self._topics: Topics = load_topics()
        self._titles = frozenset(self._topics.titles.values())
        self._related = {
            topic.title: frozenset(str(Label.of_topic(other.id)) for other in self._topics.related(topic.id))
            for topic in self._topics.all
        }

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Return each message followed by its candidates."""
        return [reading for message in messages for reading in self._readings(message, tracker)]

    def _readings(self, message: Message, tracker: DialogueStateTracker) -> Iterator[Message]:
        last = last_turn(tracker, self._topics)
        text = message.get(TEXT) or ""
        if last and not tracker.active_loop_name:
            text = picked(text, last.choices) or text
            message.set(TEXT, text, add_to_output=True)
        if text in self._titles or (last and text in last.choices):
            message.set(OURS, True)
        message.set(IN_BOOKING, tracker.active_loop_name == FORM_OF["booking"])
        yield message
        questions = possible_questions(text)
        for question in questions:
            yield Message({TEXT: question, READING_AS: QUESTION})
        beside = "" if questions else question_beside(text)
        if beside:
            yield Message({TEXT: beside, READING_AS: BESIDE})
        # A yes or no is an answer, and a form expects short answers: only plain questions get candidates then.
        answers = not asks_for_more(text) and parse_yes_no(text) is not None
        answers = answers or bool(tracker.active_loop_name and not is_question(text))
        leans = leans_on_context(text)
        if last and last.context and not answers and (leans or len(text.split()) <= MOST_WORDS_OF_FOLLOW_UP):
            together = with_context(last.context, text)
            related = self._related.get(last.context, frozenset())
            previous = last.asked or last.context
            words = {PREVIOUS: previous, BOTH: with_context(previous, text)}
            reading_as = FOLLOW_UP if leans else MAY_FOLLOW
            yield Message({TEXT: together, READING_AS: reading_as, CONTEXT: last.context, RELATED: related, **words})


NOT_UNDERSTOOD = "nlu_fallback"
FACT = "fact"
READ = (INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, "evidence", FACT)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CandidateSelector(StatelessComponent):
    """Add `questions` to each message: its questions, up to three entries `{text, intent, topic, confidence, fact}`.

    A message has the intent of its first question. `topic` is the label with its kind ("faq/cost",
    "out_of_scope/parking"), None for intents without kinds; `fact` the fact that it asks about. `context` is the
    earlier question with which the message was combined.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Keep the messages and drop the candidates."""
        return [_chosen(*group) for group in grouped(messages)]


def grouped(messages: list[Message]) -> list[list[Message]]:
    """Group each message with the candidates after it."""
    groups: list[list[Message]] = []
    for message in messages:
        if message.get(READING_AS) is None:
            groups.append([])
        groups[-1].append(message)
    return groups


def _chosen(message: Message, *proposals: Message) -> Message:
    by_reading = {reading_of(proposal): proposal for proposal in (message, *proposals)}
    whole = reading_of(message)
    questions = asked(whole, list(_readings(proposals, QUESTION)))
    if questions == [whole]:
        questions = [part for part in _readings(proposals, BESIDE) if is_answered_beside(whole, part)] or questions
    if questions == [whole]:
        for together in _readings(proposals, FOLLOW_UP):
            proposal = by_reading[together]
            if context_wins(whole, together, proposal.get(RELATED) or ()):
                questions = [together]
                message.set(CONTEXT, proposal.get(CONTEXT), add_to_output=True)
    if message.get(IN_BOOKING):
        for part in _readings(proposals, BESIDE):
            fields = {name: by_reading[part].get(name) for name in READ}
            message.set(ASKED_BESIDE, {**fields, QUESTIONS: [_entry(part)]})
    _copy(by_reading[questions[0]], message)
    message.set(QUESTIONS, [_entry(question) for question in questions], add_to_output=True)
    return message


def is_answered_beside(whole: Reading, part: Reading) -> bool:
    """Return whether the question of a message that mainly discloses a condition is answered too: "I had a clot. Does
    it hurt?". Not if the answer could be taken for permission: a question about rolling, or whether it is allowed.
    """
    about_health = part.label in SELF_CARE | HEALTH_TOPICS
    return (
        (whole.label == DISCLOSURE or whole.label in HEALTH_TOPICS)
        and part.confidence >= SURE
        and part.label.startswith("faq/")
        and not about_health
    )


def _copy(reading: Message, message: Message) -> None:
    for name in READ:
        if reading.get(name) is not None:
            message.set(name, reading.get(name), add_to_output=True)


def _readings(proposals: tuple[Message, ...], kind: str) -> Iterator[Reading]:
    return (reading_of(proposal) for proposal in proposals if proposal.get(READING_AS) == kind)


def reading_of(message: Message) -> Reading:
    """Return the classifier's result for a message; `nlu_fallback` if it was not classified."""
    intent = message.get(INTENT) or {}
    name = str(intent.get("name") or NOT_UNDERSTOOD)
    selected = (message.get(RESPONSE_SELECTOR) or {}).get(name, {}).get("response", {})
    label = str(selected.get("intent_response_key") or name)
    fact = str((message.get(FACT) or {}).get("id") or "")
    return Reading(message.get(TEXT) or "", label, float(intent.get("confidence") or 0.0), fact)


def _entry(question: Reading) -> dict[str, Any]:
    intent, kind, _ = question.label.partition("/")
    entry = {
        "text": question.text,
        "intent": intent,
        "topic": question.label if kind else None,
        "confidence": question.confidence,
    }
    return {**entry, FACT: question.fact} if question.fact else entry
