"""Second in the pipeline: other ways to read a message, put behind it so that everything is encoded in one batch."""

from __future__ import annotations

from collections.abc import Iterator

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking.yes_no import read_yes_no
from lamoon.knowledge import Topics, load_topics
from lamoon.nlu.last_turn import CONTEXT, last_turn
from lamoon.nlu.untrained import UntrainedComponent
from lamoon.understanding.choices import picked
from lamoon.understanding.followups import leans_on_context, with_context
from lamoon.understanding.questions import is_question, possible_questions

READING_AS = "reading_as"
QUESTION, FOLLOW_UP = "question", "follow_up"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ProposedReadings(UntrainedComponent):
    """Puts behind a message its possible questions, and the message together with what was talked about last.

    The components that follow read these proposals as they read any message; `ChosenReading` then keeps one message.
    Where nothing speaks for another reading, nothing is added and nothing costs more. A choice that is named by its
    place ("the second one") becomes the sentence that its button sends.
    """

    def __init__(self) -> None:
        """Reads the topics.

        Raises:
            KnowledgeError: when `data/topics.yml` is broken.
        """
        self._topics: Topics = load_topics()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Returns each message followed by its proposals."""
        return [reading for message in messages for reading in self._readings(message, tracker)]

    def _readings(self, message: Message, tracker: DialogueStateTracker) -> Iterator[Message]:
        last = last_turn(tracker, self._topics)
        text = message.get(TEXT) or ""
        if last and not tracker.active_loop_name:
            text = picked(text, last.choices) or text
            message.set(TEXT, text, add_to_output=True)
        yield message
        for question in possible_questions(text):
            yield Message({TEXT: question, READING_AS: QUESTION})
        # A yes or no answers, and a form waits for short answers: only what is plainly a question is none.
        answers = read_yes_no(text) is not None or (tracker.active_loop_name and not is_question(text))
        if last and last.context and not answers and leans_on_context(text):
            together = with_context(last.context, text)
            yield Message({TEXT: together, READING_AS: FOLLOW_UP, CONTEXT: last.context})
