"""Character n-grams inside word borders, weighted by tf-idf: what catches misspellings and word endings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHORTEST, LONGEST = 2, 5
_TOKEN = re.compile(r"[a-z0-9']+|[^\sa-z0-9']")


def char_ngrams(text: str) -> list[str]:
    """All runs of 2 to 5 characters inside each word of `text`, words padded by a space on both sides."""
    grams: list[str] = []
    for token in _TOKEN.findall(text.lower()):
        padded = f" {token} "
        for length in range(SHORTEST, LONGEST + 1):
            grams.extend(padded[i : i + length] for i in range(len(padded) - length + 1))
    return grams


@dataclass(frozen=True)
class CharTfidf:
    """A fitted vocabulary.

    Attributes:
        index: column of each n-gram.
        idf: weight of each column, float32 of shape (columns,).
    """

    index: dict[str, int]
    idf: npt.NDArray[np.float32]

    @classmethod
    def fit(cls, texts: Iterable[str], min_count: int = 2) -> CharTfidf:
        """Learns the n-grams that stand in at least `min_count` of `texts`."""
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            counts.update(set(char_ngrams(text)))
            total += 1
        kept = sorted(gram for gram, count in counts.items() if count >= min_count)
        idf = np.array([np.log((1 + total) / (1 + counts[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls({gram: i for i, gram in enumerate(kept)}, idf)

    def row(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Columns and values of one text, length 1 in the Euclidean norm; empty where nothing is known."""
        counts = Counter(filter(self.index.__contains__, char_ngrams(text)))
        columns = np.fromiter(map(self.index.__getitem__, counts), dtype=np.int64, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[columns]
        norm = float(np.linalg.norm(values)) or 1.0
        return columns, (values / norm).astype(np.float32)

    def rows(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], ...]:
        """CSR parts (data, indices, indptr) of a matrix of shape (texts, columns)."""
        rows = [self.row(text) for text in texts]
        indptr = np.cumsum([0] + [len(columns) for columns, _ in rows])
        return (
            np.concatenate([values for _, values in rows]),
            np.concatenate([columns for columns, _ in rows]),
            indptr,
        )
