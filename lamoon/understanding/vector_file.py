"""A file of embeddings, so that a phrase is embedded once and not in each training.

A publication of the desk changes a few of some 20,000 phrases; embedding all of them takes longer than fitting the
classifier. A file belongs to one encoder: its name contains the hash of the tuning.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from lamoon.project import PROJECT
from lamoon.understanding.encoder import DIMENSIONS, SHA256, SentenceEncoder, Vectors
from lamoon.understanding.tuned import DELTA

VARIABLE: Final = "SENTENCE_VECTORS"
"""Environment variable with the folder, set for trainings that `lamoon` starts; without it nothing is kept."""
FOLDER: Final = PROJECT / ".rasa" / "vectors"
"""The folder next to Rasa's cache: the embeddings are of the project's phrases, not of visitors' messages."""
MOST_KEPT: Final = 100_000
"""Maximum embeddings in a file, 150 MB; beyond it only the latest are kept."""


class VectorFile:
    """The file in a folder for the encoder with the project's tuning."""

    def __init__(self, folder: Path, tuning: Path = DELTA) -> None:
        tuned = tuning.read_bytes() if tuning.is_file() else b""
        digest = hashlib.sha256(SHA256.encode() + tuned).hexdigest()[:12]
        self._path = folder / f"vectors-{digest}.npz"

    @cached_property
    def _rows(self) -> Mapping[bytes, Vectors]:
        """Return vectors by the hash of their text; none if the file is missing or damaged."""
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                keys, vectors = arrays["keys"], arrays["vectors"]
        except (OSError, ValueError, KeyError):
            return {}
        return {bytes(key): vectors[row] for row, key in enumerate(keys)}

    def missing(self, texts: Sequence[str]) -> int:
        """Return the number of texts that are not in the file."""
        return sum(_key(text) not in self._rows for text in texts)

    def encode(self, encoder: SentenceEncoder, texts: Sequence[str]) -> Vectors:
        """Return the embeddings of texts, shape (texts, 384); missing ones are added to the file. With an empty file
        the result equals the encoder's exactly; otherwise it may differ slightly, because a batch influences its texts.
        """
        rows = self._rows
        if self.missing(texts):
            with self._alone():
                vars(self).pop("_rows")  # another process may have embedded the same meanwhile
                rows = self._with_missing(encoder, texts)
        return np.array([rows[_key(text)] for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)

    def _with_missing(self, encoder: SentenceEncoder, texts: Sequence[str]) -> Mapping[bytes, Vectors]:
        rows = dict(self._rows)
        new = [*dict.fromkeys(text for text in texts if _key(text) not in rows)] if rows else [*texts]
        if new:
            added = {_key(text): vector for text, vector in zip(new, encoder.encode(new), strict=True)}
            kept = rows if len(rows) < MOST_KEPT else {}
            self._save(kept | added)
            rows |= added
        return rows

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Waits for whoever embeds: the desk and its first publication begin with the same 20,000 phrases."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def forget(self) -> None:
        """Empty the file."""
        self._path.unlink(missing_ok=True)

    def _save(self, rows: Mapping[bytes, Vectors]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_name(f".{os.getpid()}-{self._path.name}")
        keys = np.array([np.frombuffer(key, dtype=np.uint8) for key in rows])
        np.savez(draft, keys=keys, vectors=np.stack([*rows.values()]))
        draft.replace(self._path)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
