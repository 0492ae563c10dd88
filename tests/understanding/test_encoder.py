"""Sentence embeddings: of length 1, the same every time, and from the model that was tested or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.errors import ModelError
from lamoon.understanding import encoder as encoder_module
from lamoon.understanding.encoder import DIMENSIONS, SHA256, VOCABULARY, SentenceEncoder, packaged_model

TEXTS = ["Does it hurt?", "", "How many sessions do I need before my neck is loose again?", "word " * 2000, "痛い 👍"]


def test_one_unit_vector_a_text_in_their_order(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert float(encoder.encode([text])[0] @ vector) > 0.999


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_the_same_texts_give_the_same_numbers(encoder: SentenceEncoder) -> None:
    np.testing.assert_array_equal(encoder.encode(TEXTS), encoder.encode(TEXTS))
    np.testing.assert_array_equal(SentenceEncoder().encode(TEXTS), encoder.encode(TEXTS))


def test_more_texts_than_a_batch(encoder: SentenceEncoder) -> None:
    texts = [f"question {number} about my shoulder" for number in range(40)]
    vectors = encoder.encode(texts)
    np.testing.assert_allclose(vectors[37], encoder.encode([texts[37]])[0], atol=0.02)


def test_like_meaning_lies_closer_than_like_words(encoder: SentenceEncoder) -> None:
    asked, same, other = encoder.encode(
        ["Will the treatment be painful?", "is it going to hurt", "Will the shop be open?"]
    )
    assert float(asked @ same) > float(asked @ other) + 0.1


def test_capitals_do_not_matter(encoder: SentenceEncoder) -> None:
    lower, upper = encoder.encode(["does it hurt", "DOES IT HURT"])
    np.testing.assert_array_equal(lower, upper)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_unit_vector(encoder: SentenceEncoder, text: str) -> None:
    assert float(np.linalg.norm(encoder.encode([text])[0])) == pytest.approx(1.0, abs=1e-4)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.onnx does not exist\. Reinstall"):
        SentenceEncoder(tmp_path / "gone.onnx")


def test_a_damaged_model_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    damaged = tmp_path / "model.onnx"
    content = bytearray(packaged_model().read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        SentenceEncoder(damaged)
    assert str(damaged) in str(caught.value)
    assert SHA256[:12] in str(caught.value)
    assert "requirements/runtime.lock" in str(caught.value)


def test_an_empty_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").touch()
    with pytest.raises(ModelError, match="damaged"):
        SentenceEncoder(tmp_path / "model.onnx")


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match=r"no-such-package .* is not installed.*make run"):
        packaged_model()


def test_the_vocabulary_belongs_to_the_model() -> None:
    words = VOCABULARY.read_text(encoding="utf-8").splitlines()
    assert len(words) == 30522
    assert [words[number] for number in (0, 101, 102)] == ["[PAD]", "[CLS]", "[SEP]"]
