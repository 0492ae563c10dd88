"""Embeddings kept in a file, so that a phrase is embedded once and not at each training.

A publication of the desk changes a few of some 20,000 phrases; embedding all of them takes longer than fitting the
classifier. A file belongs to one encoder: its name holds the hash of the tuning.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from lamoon.project import PROJECT
from lamoon.understanding.encoder import DIMENSIONS, SHA256, SentenceEncoder, Vectors
from lamoon.understanding.tuned import DELTA

VARIABLE: Final = "SENTENCE_VECTORS"
"""Names the folder to a training that `lamoon` starts; without it nothing is kept."""
FOLDER: Final = PROJECT / ".rasa" / "vectors"
"""Beside Rasa's own cache: the embeddings are the project's, not a visitor's."""
MOST_KEPT: Final = 100_000
"""Embeddings in a file, 150 MB; with more only the latest stay."""


class VectorFile:
    """The file in a folder for the encoder with the project's tuning."""

    def __init__(self, folder: Path, tuning: Path = DELTA) -> None:
        tuned = tuning.read_bytes() if tuning.is_file() else b""
        digest = hashlib.sha256(SHA256.encode() + tuned).hexdigest()[:12]
        self._path = folder / f"vectors-{digest}.npz"

    @cached_property
    def _rows(self) -> Mapping[bytes, Vectors]:
        """Vectors by the hash of their text; none when the file is missing or damaged."""
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                keys, vectors = arrays["keys"], arrays["vectors"]
        except (OSError, ValueError, KeyError):
            return {}
        return {bytes(key): vectors[row] for row, key in enumerate(keys)}

    def missing(self, texts: Sequence[str]) -> int:
        """How many of the texts are not in the file."""
        return sum(_key(text) not in self._rows for text in texts)

    def encode(self, encoder: SentenceEncoder, texts: Sequence[str]) -> Vectors:
        """The embeddings of texts, shape (texts, 384); those that were missing are added to the file.

        An empty file gives exactly what the encoder gives: it embeds in batches, and a batch moves its texts a little.
        """
        rows = dict(self._rows)
        new = [*dict.fromkeys(text for text in texts if _key(text) not in rows)] if rows else [*texts]
        if new:
            added = {_key(text): vector for text, vector in zip(new, encoder.encode(new), strict=True)}
            kept = rows if len(rows) < MOST_KEPT else {}
            self._save(kept | added)
            rows |= added
        return np.array([rows[_key(text)] for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)

    def forget(self) -> None:
        """Empties the file."""
        self._path.unlink(missing_ok=True)

    def _save(self, rows: Mapping[bytes, Vectors]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_name(f".{os.getpid()}-{self._path.name}")
        keys = np.array([np.frombuffer(key, dtype=np.uint8) for key in rows])
        np.savez(draft, keys=keys, vectors=np.stack([*rows.values()]))
        draft.replace(self._path)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
