"""The encoder's tuning: a low-rank delta of the upper layers' matrices, and its merge into the packaged model.

`make tune` writes the delta (docs/understanding.md); nothing here needs PyTorch. The packaged matrices are 8-bit
numbers with a scale per column; the merged ones are 32-bit floats, to which onnxruntime converts all of them on loading
anyway.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lamoon.errors import ModelError
from lamoon.project import PROJECT
from lamoon.understanding.onnx_file import OnnxFile

DELTA = PROJECT / "data" / "encoder_delta.npz"
LAYERS = 6
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The matrices of a layer, by the names of their biases."""
EMBEDDINGS = tuple(f"embeddings.{kind}_embeddings.weight" for kind in ("word", "token_type", "position"))
TUNED = ".tuned"
ABOUT, SAMPLE = "about", "sample"

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Delta:
    """The learned factors and their origin.

    Attributes:
        factors: by name, "3.output.dense.down" of shape (inputs, rank) and "3.output.dense.up" of shape (rank, outputs).
        recipe: the recipe, seed included; `scale` multiplies the products of the factors.
        phrases: fingerprint of the tuning phrases.
        base: SHA-256 of the model it belongs to.
        sample: some phrases with PyTorch's vectors for these factors, shape (phrases, 384): the merged model must give
            the same (tests/understanding/test_tuned.py).
    """

    factors: Mapping[str, npt.NDArray[np.float16]]
    recipe: Mapping[str, Any]
    phrases: str
    base: str
    sample: tuple[str, ...]
    sample_vectors: Matrix

    def save(self, path: Path) -> None:
        """Write one file."""
        about = {
            "recipe": dict(self.recipe),
            "phrases": self.phrases,
            "base": self.base,
            "sample": self.sample,
            "factors": _digest(self.factors),
        }
        arrays = {ABOUT: np.array(json.dumps(about)), SAMPLE: self.sample_vectors, **self.factors}
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Delta:
        """Read what `save` wrote.

        Raises:
            ModelError: when the file is missing or damaged.
        """
        if not path.is_file():
            raise ModelError(f"The tuning {path} does not exist.")
        try:
            with np.load(path, allow_pickle=False) as file:
                factors = {name: file[name] for name in file.files if name not in (ABOUT, SAMPLE)}
                about, vectors = json.loads(str(file[ABOUT])), file[SAMPLE]
            if about["factors"] != _digest(factors):
                raise ValueError("its numbers do not have the hash that it names")
            return cls(factors, about["recipe"], about["phrases"], about["base"], tuple(about["sample"]), vectors)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as problem:
            raise ModelError(f"The tuning {path} is damaged: {problem}.") from None


def phrases_fingerprint(phrases: Iterable[tuple[str, str]]) -> str:
    """Return a hash of pairs of text and label, in any order."""
    return hashlib.sha256("\n".join(sorted(f"{label}\t{text}" for text, label in phrases)).encode()).hexdigest()


def merged(model: OnnxFile, delta: Delta) -> OnnxFile:
    """Return the model with the tuned matrices in place of the packaged ones.

    Raises:
        ModelError: when the delta does not fit the model.
    """
    tuned: dict[str, str] = {}
    try:
        for layer in sorted({int(name.partition(".")[0]) for name in delta.factors}):
            for part in PARTS:
                down, up = (delta.factors[f"{layer}.{part}.{side}"].astype(np.float32) for side in ("down", "up"))
                weight, _ = matrix(model, layer, part)
                packaged = _weight(model, layer, part)
                tuned[packaged] = packaged + TUNED
                model.add_tensor(packaged + TUNED, weight + np.float32(delta.recipe["scale"]) * (down @ up))
    except (KeyError, ValueError, TypeError, StopIteration) as problem:
        raise ModelError(f"The tuning does not fit the sentence model: {problem!r}.") from None
    for node in model.nodes:
        node.inputs = [tuned.get(name, name) for name in node.inputs]
    return model


def matrix(model: OnnxFile, layer: int, part: str) -> tuple[Matrix, Matrix]:
    """Return a matrix of shape (inputs, outputs), and its bias."""
    bias = np.array(model.tensor(f"inner.encoder.layer.{layer}.{part}.bias"), dtype=np.float32)
    return _dequantised(model, _weight(model, layer, part)), bias


def norm(model: OnnxFile, name: str) -> tuple[Matrix, Matrix]:
    """Return weight and bias of a layer norm."""
    weight, bias = (
        np.array(model.tensor(f"inner.{name}.LayerNorm.{part}"), dtype=np.float32) for part in ("weight", "bias")
    )
    return weight, bias


def numbers(model: OnnxFile, name: str) -> Matrix:
    """Return a table of embeddings."""
    name = f"inner.{name}"
    if name in model.tensors:
        return np.array(model.tensor(name), dtype=np.float32)
    return _dequantised(model, name)


def _dequantised(model: OnnxFile, name: str) -> Matrix:
    numbers: Matrix = model.tensor(f"{name}_q").astype(np.float32) * model.tensor(f"{name}_scale").astype(np.float32)
    return numbers


def _weight(model: OnnxFile, layer: int, part: str) -> str:
    """Return the name of the matrix whose product gets the bias of this name added."""
    bias = f"inner.encoder.layer.{layer}.{part}.bias"
    sum_ = next(node for node in model.nodes if bias in node.inputs)
    return next(node for node in model.nodes if sum_.inputs[0] in node.outputs).inputs[1]


def _digest(factors: Mapping[str, npt.NDArray[np.float16]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(factors):
        digest.update(f"{name} {factors[name].shape} {factors[name].dtype}\0".encode() + factors[name].tobytes())
    return digest.hexdigest()
