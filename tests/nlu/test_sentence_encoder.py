"""The component that adds the sentence embedding."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu.preprocessing import REPAIRED_TEXT
from lamoon.nlu.sentence_encoder import SENTENCE_VECTOR, SentenceEncoderComponent
from lamoon.understanding.encoder import SentenceEncoder


@pytest.fixture
def component(storage: LocalModelStorage, context: ExecutionContext) -> SentenceEncoderComponent:
    return SentenceEncoderComponent.create({}, storage, Resource("encoder"), context)


def test_it_embeds_the_repaired_text(component: SentenceEncoderComponent, encoder: SentenceEncoder) -> None:
    (message,) = component.process([Message({TEXT: "what is fasica", REPAIRED_TEXT: "what is fascia"})])
    np.testing.assert_array_equal(message.get(SENTENCE_VECTOR), encoder.encode(["what is fascia"])[0])


def test_without_repair_it_embeds_the_text(component: SentenceEncoderComponent, encoder: SentenceEncoder) -> None:
    (message,) = component.process([Message({TEXT: "does it hurt"})])
    np.testing.assert_array_equal(message.get(SENTENCE_VECTOR), encoder.encode(["does it hurt"])[0])


def test_no_messages_and_no_text_are_fine(component: SentenceEncoderComponent) -> None:
    assert component.process([]) == []
    (message,) = component.process([Message({})])
    assert float(np.linalg.norm(message.get(SENTENCE_VECTOR))) == pytest.approx(1.0, abs=1e-4)


def test_training_phrases_are_embedded_too(component: SentenceEncoderComponent) -> None:
    data = component.process_training_data(TrainingData([Message({TEXT: "hello", INTENT: "greet"})]))
    assert data.training_examples[0].get(SENTENCE_VECTOR).shape == (384,)


def test_the_vector_stays_out_of_the_parse_result(component: SentenceEncoderComponent) -> None:
    (message,) = component.process([Message({TEXT: "hello"})])
    assert SENTENCE_VECTOR not in message.as_dict(only_output_properties=True)


def test_rasas_training_cache_tells_vectors_apart_without_printing_them(component: SentenceEncoderComponent) -> None:
    messages = [Message({TEXT: text, INTENT: "greet"}) for text in ("hello", "Hello", "good morning")]
    found = component.process_training_data(TrainingData(messages)).training_examples
    one, same, other = (message.get(SENTENCE_VECTOR).fingerprint() for message in found)
    assert one == same != other
