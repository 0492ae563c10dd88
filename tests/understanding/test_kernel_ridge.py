"""Kernel ridge regression: what it solves is what it says, in blocks or not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from lamoon.understanding import estimators

PHRASES, GRAMS, LABELS = 30, 12, 4
SHARPNESS, GRAM_WEIGHT, RIDGE = 2.0, 0.5, 0.25


@pytest.fixture
def problem() -> tuple[estimators.Matrix, csr_matrix, estimators.Matrix]:
    """Random unit vectors, n-gram values and targets."""
    random = np.random.default_rng(7)
    vectors = random.normal(size=(PHRASES, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    grams = csr_matrix(random.random((PHRASES, GRAMS)).astype(np.float32))
    return vectors, grams, np.eye(LABELS, dtype=np.float32)[np.arange(PHRASES) % LABELS]


def test_the_weights_solve_the_ridge_equation(
    problem: tuple[estimators.Matrix, csr_matrix, estimators.Matrix], monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, grams, targets = problem
    monkeypatch.setattr(estimators, "ROWS", 7)  # several blocks, the last one shorter
    weights, gram_weights, bias = estimators.fit_kernel_ridge(vectors, grams, targets, SHARPNESS, GRAM_WEIGHT, RIDGE)
    near = estimators.nearness(vectors @ vectors.T, SHARPNESS)
    fitted = near @ weights + grams @ gram_weights + bias
    assert fitted + RIDGE * weights == pytest.approx(targets, abs=1e-4)


def test_a_smaller_ridge_fits_the_phrases_more_closely(
    problem: tuple[estimators.Matrix, csr_matrix, estimators.Matrix],
) -> None:
    vectors, grams, targets = problem
    errors = []
    for ridge in (0.01, 1.0):
        weights, _, _ = estimators.fit_kernel_ridge(vectors, grams, targets, SHARPNESS, GRAM_WEIGHT, ridge)
        errors.append(float(np.abs(ridge * weights).max()))
    assert errors[0] < errors[1]


def test_each_phrase_may_have_a_ridge_of_its_own(
    problem: tuple[estimators.Matrix, csr_matrix, estimators.Matrix],
) -> None:
    vectors, grams, targets = problem
    ridges = np.linspace(0.1, 1.0, PHRASES, dtype=np.float32)
    weights, gram_weights, bias = estimators.fit_kernel_ridge(vectors, grams, targets, SHARPNESS, GRAM_WEIGHT, ridges)
    fitted = estimators.nearness(vectors @ vectors.T, SHARPNESS) @ weights + grams @ gram_weights + bias
    assert fitted + ridges[:, None] * weights == pytest.approx(targets, abs=1e-4)


def test_the_same_vector_is_nearest() -> None:
    near = estimators.nearness(np.array([1.0, 0.5, -1.0], dtype=np.float32), SHARPNESS)
    assert near[0] == 1.0
    assert near[0] > near[1] > near[2] > 0.0
