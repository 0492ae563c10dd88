"""Embeddings in a file: each phrase is embedded once, also by processes that begin at the same time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np

from lamoon.understanding.encoder import DIMENSIONS, SentenceEncoder, Vectors
from lamoon.understanding.vector_file import VectorFile


class _Counting:
    """Stands in for the encoder; with `others` it waits a little for somebody who embeds at the same time."""

    def __init__(self, others: int = 1) -> None:
        self.seen: list[str] = []
        self._together = threading.Barrier(others)

    def encode(self, texts: Sequence[str]) -> Vectors:
        with contextlib.suppress(threading.BrokenBarrierError):
            self._together.wait(0.5)
        self.seen += texts
        return np.array([[len(text)] * DIMENSIONS for text in texts], dtype=np.float32)


def encode(folder: Path, encoder: _Counting, *texts: str) -> Vectors:
    return VectorFile(folder).encode(cast(SentenceEncoder, encoder), texts)


def test_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    encoder = _Counting()
    encode(tmp_path, encoder, "one", "three")
    assert encode(tmp_path, encoder, "three", "eleven")[:, 0].tolist() == [5.0, 6.0]
    assert encoder.seen == ["one", "three", "eleven"]


def test_two_that_begin_together_embed_once(tmp_path: Path) -> None:
    encoder = _Counting(others=2)
    gate = threading.Barrier(2)
    found: list[Vectors] = []

    def work() -> None:
        gate.wait()
        found.append(encode(tmp_path, encoder, "one", "three"))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert encoder.seen == ["one", "three"]
    assert np.array_equal(*found)


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    encoder = _Counting()
    encode(tmp_path, encoder, "one")
    next(tmp_path.glob("vectors-*.npz")).write_bytes(b"broken")
    assert encode(tmp_path, encoder, "one")[0, 0] == 3.0
