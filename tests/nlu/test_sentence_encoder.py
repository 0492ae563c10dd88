"""The component that adds the sentence embedding, and the tuning that training puts into the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu import sentence_encoder
from lamoon.nlu.preprocessing import REPAIRED_TEXT
from lamoon.nlu.sentence_encoder import SENTENCE_VECTOR, SentenceEncoderComponent, vector_of
from lamoon.understanding.encoder import SentenceEncoder
from lamoon.understanding.tuned import DELTA, Delta

RESOURCE = Resource("encoder")
GREETING = TrainingData([Message({TEXT: "hello", INTENT: "greet"})])


@pytest.fixture
def without_tuning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sentence_encoder, "DELTA", tmp_path / DELTA.name)


def created(storage: LocalModelStorage, context: ExecutionContext) -> SentenceEncoderComponent:
    return SentenceEncoderComponent.create({}, storage, RESOURCE, context)


def vector(component: SentenceEncoderComponent, text: str) -> np.ndarray:
    (message,) = component.process([Message({TEXT: text})])
    return vector_of(message)


@pytest.fixture
def component(storage: LocalModelStorage, context: ExecutionContext, without_tuning: None) -> SentenceEncoderComponent:
    return created(storage, context)


def test_it_embeds_the_repaired_text(component: SentenceEncoderComponent, encoder: SentenceEncoder) -> None:
    (message,) = component.process([Message({TEXT: "what is fasica", REPAIRED_TEXT: "what is fascia"})])
    np.testing.assert_array_equal(vector_of(message), encoder.encode(["what is fascia"])[0])


def test_without_repair_it_embeds_the_text(component: SentenceEncoderComponent, encoder: SentenceEncoder) -> None:
    (message,) = component.process([Message({TEXT: "does it hurt"})])
    np.testing.assert_array_equal(vector_of(message), encoder.encode(["does it hurt"])[0])


def test_no_messages_and_no_text_are_fine(component: SentenceEncoderComponent) -> None:
    assert component.process([]) == []
    (message,) = component.process([Message({})])
    assert float(np.linalg.norm(vector_of(message))) == pytest.approx(1.0, abs=1e-4)


def test_nothing_is_embedded_before_it_is_needed(
    component: SentenceEncoderComponent, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[list[str]] = []
    encode = component._encoder.encode
    monkeypatch.setattr(component._encoder, "encode", lambda texts: embedded.append(texts) or encode(texts))
    first, _ = component.process([Message({TEXT: "does it hurt"}), Message({TEXT: "why"})])
    assert embedded == []
    vector_of(first)
    assert embedded == [["does it hurt"]]


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


def test_it_embeds_with_the_projects_tuning(storage: LocalModelStorage, context: ExecutionContext) -> None:
    delta = Delta.load(DELTA)
    found = vector(created(storage, context), delta.sample[0])
    np.testing.assert_allclose(found, delta.sample_vectors[0], atol=1e-4)


def test_a_model_keeps_the_tuning_it_was_trained_with(
    storage: LocalModelStorage, context: ExecutionContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    component = created(storage, context)
    component.train(GREETING)
    monkeypatch.setattr(sentence_encoder, "DELTA", tmp_path / DELTA.name)
    again = SentenceEncoderComponent.load({}, storage, RESOURCE, context)
    np.testing.assert_array_equal(vector(again, "does it hurt"), vector(component, "does it hurt"))


def test_without_a_tuning_it_says_so_and_embeds_as_packaged(
    storage: LocalModelStorage,
    context: ExecutionContext,
    encoder: SentenceEncoder,
    without_tuning: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    created(storage, context).train(GREETING)
    assert "does not exist. The sentence model is used as packaged" in caplog.text
    assert "make tune" in caplog.text
    again = SentenceEncoderComponent.load({}, storage, RESOURCE, context)
    np.testing.assert_array_equal(vector(again, "hello"), encoder.encode(["hello"])[0])


def test_a_damaged_tuning_is_said_and_not_used(
    storage: LocalModelStorage,
    context: ExecutionContext,
    encoder: SentenceEncoder,
    without_tuning: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sentence_encoder.DELTA.write_bytes(DELTA.read_bytes()[:-9])
    np.testing.assert_array_equal(vector(created(storage, context), "hello"), encoder.encode(["hello"])[0])
    assert "is damaged" in caplog.text


def test_other_phrases_than_it_was_tuned_on_are_said(
    storage: LocalModelStorage, context: ExecutionContext, caplog: pytest.LogCaptureFixture
) -> None:
    created(storage, context).train(GREETING)
    assert "The training phrases have changed since the encoder was tuned" in caplog.text


def test_another_tuning_is_trained_with_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = SentenceEncoderComponent.fingerprint_addon({})
    monkeypatch.setattr(sentence_encoder, "DELTA", tmp_path / DELTA.name)
    assert SentenceEncoderComponent.fingerprint_addon({}) != before
