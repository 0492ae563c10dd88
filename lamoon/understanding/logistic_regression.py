"""Multinomial logistic regression over embeddings and n-grams: the first dense, the second sparse, each multiplied as it is.

The same sum and the same steps as scikit-learn's, which takes one matrix: the embeddings made sparse cost most of its time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


def fit(
    vectors: Matrix, grams: Any, places: npt.NDArray[np.int_], trust: Matrix, regularisation: float, steps: int
) -> tuple[Matrix, Matrix]:
    """Fits the weights by L-BFGS; it stops early on purpose.

    Args:
        vectors: embeddings, shape (phrases, 384).
        grams: scipy CSR matrix of n-gram values, shape (phrases, n-grams).
        places: the column of each phrase's label, shape (phrases,).
        trust: how much each phrase counts, shape (phrases,).
        regularisation: C; larger trusts the data more.
        steps: how many at most.

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
        lost = float(np.dot(trust, np.log(sums) - own)) + float(np.sum(weights[:-1] ** 2)) / (2 * regularisation)
        errors *= (trust / sums)[:, None]
        errors[rows, places] -= trust
        slope = np.vstack([vectors.T @ errors, across @ errors, errors.sum(axis=0)]).astype(np.float64)
        slope[:-1] += weights[:-1] / regularisation
        return lost, slope.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), method="L-BFGS-B", jac=True, options={"maxiter": steps})
    weights = found.x.astype(np.float32).reshape(shape)
    return weights[:-1], weights[-1]
