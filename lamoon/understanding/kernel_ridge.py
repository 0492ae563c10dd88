"""Kernel ridge regression from phrases to labels, solved in one step.

The kernel is a sum of two: how near two sentence embeddings are, by a Gaussian of their cosine, and how many
character n-grams two texts share (a dot product, so its part folds into weights over n-grams).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
ROWS = 1024


def nearness(cosines: Matrix, sharpness: float) -> Matrix:
    """The Gaussian kernel of unit vectors with those cosines: 1 for the same vector; any shape."""
    near: Matrix = np.exp(sharpness * (cosines - 1)).astype(np.float32)
    return near


def fit(
    vectors: Matrix, grams: Any, targets: Matrix, sharpness: float, gram_weight: float, ridge: float | Matrix
) -> tuple[Matrix, Matrix, Matrix]:
    """Solves for the weights; memory is that of one matrix of shape (phrases, phrases).

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
        near = nearness(vectors[rows] @ vectors[start:].T, sharpness)
        kernel[rows, start:] = near + gram_weight * (grams[rows] @ grams[start:].T).toarray()
    kernel[np.diag_indices_from(kernel)] += ridge
    bias = targets.mean(axis=0)
    # The transpose stands in the order that LAPACK overwrites without a copy; its lower half is the one that was filled.
    factor = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve(factor, targets - bias, check_finite=False).astype(np.float32)
    return weights, np.asarray(gram_weight * (grams.T @ weights), dtype=np.float32), bias.astype(np.float32)
