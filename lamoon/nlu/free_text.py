"""First in the pipeline: a message is text, never a command."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.untrained import UntrainedComponent
from lamoon.understanding.text import plain_text

ORIGINAL_TEXT = "original_text"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FreeText(UntrainedComponent):
    """Takes command prefixes and invisible characters out of a message.

    Rasa's own handler of "/intent{...}" runs after the pipeline, on the text that this component leaves, so no visitor
    can name an intent, restart the conversation or fill a slot by typing. The gateway does the same to what it sends;
    here it is done for programs that talk to Rasa themselves.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Replaces the text of each message; what Rasa received stays under `original_text`."""
        for message in messages:
            written = message.get(TEXT) or ""
            message.set(ORIGINAL_TEXT, written)
            message.set(TEXT, plain_text(written), add_to_output=True)
        return messages
