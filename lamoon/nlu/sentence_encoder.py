"""The component of the sentence embedding."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.errors import ModelError
from lamoon.nlu.candidates import BOTH, PREVIOUS
from lamoon.nlu.component import code_fingerprint, label_of
from lamoon.nlu.preprocessing import REPAIRED_TEXT
from lamoon.understanding.encoder import SentenceEncoder, Vectors
from lamoon.understanding.tuned import DELTA, Delta, phrases_fingerprint
from lamoon.understanding.vector_file import VARIABLE, VectorFile

SENTENCE_VECTOR = "sentence_vector"
VECTOR_OF_PREVIOUS, VECTOR_OF_BOTH = "previous_vector", "previous_and_follow_up_vector"
REMEDY = "`make tune` tunes it; docs/understanding.md says how."
logger = logging.getLogger(__name__)


class _Vector(np.ndarray[Any, np.dtype[np.float32]]):
    """A vector that Rasa's training cache hashes by its bytes; other arrays are printed, number by number."""

    def fingerprint(self) -> str:
        """Identify equal vectors (called by Rasa)."""
        return hashlib.sha256(self.tobytes()).hexdigest()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderComponent(GraphComponent):
    """Add `sentence_vector` (384 numbers, length 1) to each training phrase, and to each message once it is needed.

    Training copies the project's tuning into the model, so that a model always embeds as it was trained, whatever data/
    contains later. Without a usable tuning, the encoder is as packaged, and training reports it.
    """

    def __init__(self, storage: ModelStorage, resource: Resource, delta: Delta | None) -> None:
        """Load the model.

        Raises:
            ModelError: when the model file is missing or not the tested one.
        """
        self._storage = storage
        self._resource = resource
        self._delta = delta
        self._encoder = SentenceEncoder(delta=delta)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderComponent:
        """Make a component with the project's tuning (called by Rasa before training)."""
        try:
            return cls(model_storage, resource, Delta.load(DELTA))
        except ModelError as problem:
            logger.warning("%s The sentence model is used as packaged, which understands less. %s", problem, REMEDY)
        return cls(model_storage, resource, None)  # where the model itself is the problem, this raises

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoderComponent:
        """Make a component with the tuning in the model (called by Rasa)."""
        with model_storage.read_from(resource) as folder:
            file = folder / DELTA.name
            return cls(model_storage, resource, Delta.load(file) if file.exists() else None)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a fingerprint of the component's code and tuning; Rasa's cache fingerprints the class only."""
        tuning = DELTA.read_bytes() if DELTA.is_file() else b""
        return code_fingerprint() + hashlib.sha256(tuning).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the tuning into the model, and warn if it was made from other phrases."""
        with self._storage.write_to(self._resource) as folder:
            if self._delta:
                self._delta.save(folder / DELTA.name)
        phrases = ((example.get(TEXT), label_of(example)) for example in training_data.intent_examples)
        if self._delta and self._delta.phrases != phrases_fingerprint(phrases):
            logger.warning("The training phrases have changed since the encoder was tuned on them. %s", REMEDY)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed the training phrases."""
        examples = training_data.training_examples
        vectors = embedded(self._encoder, [_text(one) for one in examples])
        for example, vector in zip(examples, vectors, strict=True):
            example.set(SENTENCE_VECTOR, vector.view(_Vector))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message the means to embed its repaired text, which `vector_of` uses where the vector is needed."""
        for message in messages:
            message.set(SENTENCE_VECTOR, partial(self._embedded, _text(message)))
            for text, vector in ((PREVIOUS, VECTOR_OF_PREVIOUS), (BOTH, VECTOR_OF_BOTH)):
                if message.get(text):
                    message.set(vector, partial(self._embedded, message.get(text)))
        return messages

    def _embedded(self, text: str) -> Vectors:
        return self._encoder.encode([text])[0]


def project_encoder() -> SentenceEncoder:
    """Return an encoder with the project's tuning, if there is a usable one. Raises ModelError."""
    try:
        return SentenceEncoder(delta=Delta.load(DELTA))
    except ModelError:
        return SentenceEncoder()


def embedded(encoder: SentenceEncoder, texts: Sequence[str]) -> Vectors:
    """Return the embeddings of training texts; those in the file named by SENTENCE_VECTORS are read from there."""
    kept = os.environ.get(VARIABLE)
    return VectorFile(Path(kept)).encode(encoder, texts) if kept else encoder.encode(texts)


def vector_of(message: Message, name: str = SENTENCE_VECTOR) -> Vectors:
    """Return the embedding of a message that the component has processed, or of another of its texts."""
    found = message.get(name)
    vector: Vectors = found() if callable(found) else found
    if vector is not found:
        message.set(name, vector)  # embedded once, however many components read it
    return vector


def _text(message: Message) -> str:
    return message.get(REPAIRED_TEXT) or message.get(TEXT) or ""
