"""An ONNX file taken apart and put together again, without the package `onnx`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from lamoon.understanding.encoder import packaged_model
from lamoon.understanding.onnx_file import OnnxFile

TOKENS = {
    "input_ids": np.array([[101, 2515, 2009, 3480, 102]]),
    "attention_mask": np.ones((1, 5), dtype=np.int64),
    "token_type_ids": np.zeros((1, 5), dtype=np.int64),
}


def test_the_model_computes_the_same_after_it_was_taken_apart() -> None:
    together = OnnxFile.read(packaged_model()).to_bytes()
    (before,) = onnxruntime.InferenceSession(str(packaged_model())).run(None, TOKENS)
    (after,) = onnxruntime.InferenceSession(together).run(None, TOKENS)
    np.testing.assert_array_equal(before, after)


def test_a_tensor_that_was_added_is_read_again(tmp_path: Path) -> None:
    model = OnnxFile.read(packaged_model())
    numbers = np.arange(600, dtype=np.float32).reshape(2, 300)
    model.add_tensor("new", numbers)
    (tmp_path / "model.onnx").write_bytes(model.to_bytes())
    np.testing.assert_array_equal(OnnxFile.read(tmp_path / "model.onnx").tensor("new"), numbers)


def test_eight_bit_weights_are_read() -> None:
    model = OnnxFile.read(packaged_model())
    words = model.tensor("inner.embeddings.word_embeddings.weight_q")
    assert words.shape == (30522, 384)
    assert words.dtype == np.int8


@pytest.mark.parametrize("content", [b"", b"\x08\x07"])
def test_a_file_without_a_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ValueError, match="no graph"):
        OnnxFile.read(tmp_path / "model.onnx")
