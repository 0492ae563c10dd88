"""The sentence embedding."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu.component import StatelessComponent, code_fingerprint
from lamoon.nlu.preprocessing import REPAIRED_TEXT
from lamoon.understanding.encoder import SentenceEncoder

SENTENCE_VECTOR = "sentence_vector"


class _Vector(np.ndarray[Any, np.dtype[np.float32]]):
    """A vector that Rasa's training cache hashes by its bytes; other arrays are printed, number by number."""

    def fingerprint(self) -> str:
        """Identifies equal vectors (called by Rasa)."""
        return hashlib.sha256(self.tobytes()).hexdigest()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderComponent(StatelessComponent):
    """Adds `sentence_vector` (384 numbers, length 1) to each message."""

    def __init__(self) -> None:
        """Loads the model.

        Raises:
            ModelError: when the model file is missing or not the tested one.
        """
        self._encoder = SentenceEncoder()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The code behind the component, of which Rasa's cache fingerprints the class only."""
        return code_fingerprint()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embeds the training phrases."""
        for example in self.process(training_data.training_examples):
            example.set(SENTENCE_VECTOR, example.get(SENTENCE_VECTOR).view(_Vector))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Embeds the repaired text of each message."""
        texts = [message.get(REPAIRED_TEXT) or message.get(TEXT) or "" for message in messages]
        if texts:
            for message, vector in zip(messages, self._encoder.encode(texts), strict=True):
                message.set(SENTENCE_VECTOR, vector)
        return messages
