"""Estimators of the classifier: character n-grams by tf-idf, kernel ridge regression and logistic regression."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

SHORTEST, LONGEST = 2, 5
_TOKEN = re.compile(r"[a-z0-9']+|[^\sa-z0-9']")


def char_ngrams(text: str) -> list[str]:
    """Return all runs of 2 to 5 characters inside each word of `text`, words padded by a space on both sides."""
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
        """Learn the n-grams that occur in at least `min_count` of `texts`."""
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            counts.update(set(char_ngrams(text)))
            total += 1
        kept = sorted(gram for gram, count in counts.items() if count >= min_count)
        idf = np.array([np.log((1 + total) / (1 + counts[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls({gram: i for i, gram in enumerate(kept)}, idf)

    def row(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Return columns and values of one text with Euclidean norm 1; empty if no n-gram is known."""
        counts = Counter(filter(self.index.__contains__, char_ngrams(text)))
        columns = np.fromiter(map(self.index.__getitem__, counts), dtype=np.int64, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[columns]
        norm = float(np.linalg.norm(values)) or 1.0
        return columns, (values / norm).astype(np.float32)

    def rows(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], ...]:
        """Return the CSR parts (data, indices, indptr) of a matrix of shape (texts, columns)."""
        rows = [self.row(text) for text in texts]
        indptr = np.cumsum([0] + [len(columns) for columns, _ in rows])
        return (
            np.concatenate([values for _, values in rows]),
            np.concatenate([columns for columns, _ in rows]),
            indptr,
        )


Matrix = npt.NDArray[np.float32]
ROWS = 1024


def nearness(cosines: Matrix, gamma: float) -> Matrix:
    """Return the Gaussian kernel of unit vectors with these cosines: 1 for the same vector; any shape."""
    near: Matrix = np.exp(gamma * (cosines - 1)).astype(np.float32)
    return near


def fit_kernel_ridge(
    vectors: Matrix, grams: Any, targets: Matrix, gamma: float, gram_weight: float, ridge: float | Matrix
) -> tuple[Matrix, Matrix, Matrix]:
    """Solve for the weights; memory is that of one matrix of shape (phrases, phrases).

    Args:
        vectors: unit embeddings, shape (phrases, 384).
        grams: scipy CSR matrix of n-gram values, shape (phrases, n-grams).
        targets: 1 for the label of the phrase, else 0, shape (phrases, labels).
        sharpness: of the Gaussian.
        gram_weight: of the n-grams' kernel beside the Gaussian.
        ridge: added on the diagonal, one for all or one a phrase, shape (phrases,); larger trusts a phrase less.

    Returns:
        Weights of the phrases, shape (phrases, labels); of the n-grams, shape (n-grams, labels); and the bias.
    """
    from scipy.linalg import cho_factor, cho_solve

    kernel = np.empty((len(vectors), len(vectors)), dtype=np.float32)
    for start in range(0, len(vectors), ROWS):
        # From the diagonal on: the matrix is symmetric, and the solver reads one half.
        rows = slice(start, start + ROWS)
        near = nearness(vectors[rows] @ vectors[start:].T, gamma)
        kernel[rows, start:] = near + gram_weight * (grams[rows] @ grams[start:].T).toarray()
    kernel[np.diag_indices_from(kernel)] += ridge
    bias = targets.mean(axis=0)
    # The transpose is in the order that LAPACK overwrites without a copy; its lower half is the one that was filled.
    factor = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve(factor, targets - bias, check_finite=False).astype(np.float32)
    return weights, np.asarray(gram_weight * (grams.T @ weights), dtype=np.float32), bias.astype(np.float32)


def fit_logistic_regression(
    vectors: Matrix, grams: Any, places: npt.NDArray[np.int_], sample_weight: Matrix, regularisation: float, steps: int
) -> tuple[Matrix, Matrix]:
    """Fit the weights by L-BFGS; it stops early on purpose.

    Args:
        vectors: embeddings, shape (phrases, 384).
        grams: scipy CSR matrix of n-gram values, shape (phrases, n-grams).
        places: the column of each phrase's label, shape (phrases,).
        trust: how much each phrase counts, shape (phrases,).
        regularisation: C; larger trusts the data more.
        steps: the maximum number.

    Returns:
        Weights of shape (384 + n-grams, labels), and the bias, shape (labels,).
    """
    from scipy.optimize import minimize

    across, rows = grams.T.tocsr(), np.arange(len(places))
    dense, labels = vectors.shape[1], int(places.max()) + 1
    shape = (dense + grams.shape[1] + 1, labels)  # the last row is the bias

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.astype(np.float32).reshape(shape)
        errors: Matrix = vectors @ weights[:dense] + grams @ weights[dense:-1] + weights[-1]
        errors -= errors.max(axis=1, keepdims=True)
        own = errors[rows, places]
        np.exp(errors, out=errors)
        sums = errors.sum(axis=1)
        lost = float(np.dot(sample_weight, np.log(sums) - own)) + float(np.sum(weights[:-1] ** 2)) / (
            2 * regularisation
        )
        errors *= (sample_weight / sums)[:, None]
        errors[rows, places] -= sample_weight
        slope = np.vstack([vectors.T @ errors, across @ errors, errors.sum(axis=0)]).astype(np.float64)
        slope[:-1] += weights[:-1] / regularisation
        return lost, slope.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), method="L-BFGS-B", jac=True, options={"maxiter": steps})
    weights = found.x.astype(np.float32).reshape(shape)
    return weights[:-1], weights[-1]
