"""Interprets a message as an answer to the form's open question."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.booking.form import answers_question
from lamoon.nlu.component import StatelessComponent
from lamoon.settings import load_settings
from lamoon.studio import load_studio


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormAnswers(StatelessComponent):
    """Sets the intent `inform` when a message answers the open question of a form.

    The classifier sees single messages: "Rose Hill" may look like a question about the location, "0155 55" like noise.
    The open question decides. Rasa passes the tracker to any component whose `process` has that parameter.
    """

    def __init__(self) -> None:
        """Loads `studio.yml` for its country, which decides how phone numbers are parsed.

        Raises:
            LamoonError: when the settings or `studio.yml` are broken; Rasa then does not start.
        """
        self._country = load_studio(load_settings().studio).country

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Changes the intent of messages that answer the open question; leaves all others."""
        question = tracker.get_slot(REQUESTED_SLOT) if tracker.active_loop_name else None
        if question:
            for message in messages:
                intent = message.get(INTENT) or {}
                read_as = str(intent.get("name")), float(intent.get("confidence") or 0.0)
                if answers_question(question, message.get(TEXT) or "", *read_as, self._country):
                    message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
        return messages
