"""The tuning: what is in its file, and that the merged model computes what PyTorch did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lamoon.errors import ModelError
from lamoon.understanding.encoder import SHA256, SentenceEncoder, packaged_model
from lamoon.understanding.onnx_file import OnnxFile
from lamoon.understanding.tuned import DELTA, Delta, merged, phrases_fingerprint

MOST_BYTES = 1_000_000


@pytest.fixture(scope="session")
def delta() -> Delta:
    return Delta.load(DELTA)


def test_the_merged_model_computes_what_pytorch_did(delta: Delta) -> None:
    assert len(delta.sample) == 20
    vectors = SentenceEncoder(delta=delta).encode(delta.sample)
    np.testing.assert_allclose(vectors, delta.sample_vectors, atol=1e-4)


def test_the_tuned_encoder_differs_from_the_packaged_one(delta: Delta, encoder: SentenceEncoder) -> None:
    cosines = (encoder.encode(delta.sample) * delta.sample_vectors).sum(axis=1)
    assert cosines.max() < 0.99


def test_the_committed_tuning_is_small_and_says_how_it_was_made(delta: Delta) -> None:
    assert DELTA.stat().st_size < MOST_BYTES
    assert delta.base == SHA256
    assert not delta.recipe["left_out"]
    assert {"seed", "rank", "epochs", "rate", "held", "generic"} <= delta.recipe.keys()
    assert len(delta.phrases) == 64


def test_a_file_is_read_as_it_was_written(delta: Delta, tmp_path: Path) -> None:
    delta.save(tmp_path / "delta.npz")
    again = Delta.load(tmp_path / "delta.npz")
    assert (again.recipe, again.phrases, again.base, again.sample) == (
        dict(delta.recipe),
        delta.phrases,
        delta.base,
        delta.sample,
    )
    for name, factor in delta.factors.items():
        np.testing.assert_array_equal(again.factors[name], factor)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.npz does not exist"):
        Delta.load(tmp_path / "gone.npz")


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("damage", [_flipped, lambda content: content[:5000], lambda _: b"", lambda _: b"text"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    (tmp_path / "delta.npz").write_bytes(damage(DELTA.read_bytes()))
    with pytest.raises(ModelError, match="damaged"):
        Delta.load(tmp_path / "delta.npz")


def test_numbers_without_their_hash_are_refused(delta: Delta, tmp_path: Path) -> None:
    delta.save(tmp_path / "delta.npz")
    with np.load(tmp_path / "delta.npz") as file:
        arrays = {name: file[name] for name in file.files}
    arrays["3.output.dense.up"] = arrays["3.output.dense.up"] * 2
    np.savez(tmp_path / "delta.npz", **arrays)
    with pytest.raises(ModelError, match="do not have the hash"):
        Delta.load(tmp_path / "delta.npz")


def test_a_tuning_of_another_model_is_refused(delta: Delta) -> None:
    with pytest.raises(ModelError, match="made for the sentence model 000"):
        SentenceEncoder(delta=replace(delta, base="0" * 64))


def test_factors_of_other_sizes_are_refused(delta: Delta) -> None:
    wrong = {**delta.factors, "3.output.dense.up": np.zeros((16, 7), dtype=np.float16)}
    with pytest.raises(ModelError, match="does not fit"):
        merged(OnnxFile.read(packaged_model()), replace(delta, factors=wrong))


def test_the_fingerprint_is_of_phrases_and_labels_in_any_order() -> None:
    phrases = [("hello", "greet"), ("bye", "goodbye")]
    assert phrases_fingerprint(phrases) == phrases_fingerprint(phrases[::-1])
    assert phrases_fingerprint(phrases) != phrases_fingerprint([("hello", "greet"), ("bye", "greet")])
    assert phrases_fingerprint(phrases) != phrases_fingerprint(phrases[:1])
