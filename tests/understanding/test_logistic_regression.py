"""Logistic regression: what scikit-learn finds, from embeddings and n-grams apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from lamoon.understanding import estimators

PHRASES, LABELS, REGULARISATION = 60, 3, 2.0


def test_it_finds_the_weights_that_scikit_learn_finds() -> None:
    random = np.random.default_rng(7)
    vectors = random.normal(size=(PHRASES, 5)).astype(np.float32)
    grams = csr_matrix(random.random((PHRASES, 9)).astype(np.float32))
    places = np.arange(PHRASES) % LABELS
    sample_weight = np.linspace(0.5, 1.5, PHRASES, dtype=np.float32)
    weights, bias = estimators.fit_logistic_regression(vectors, grams, places, sample_weight, REGULARISATION, 500)
    model = LogisticRegression(C=REGULARISATION, max_iter=500, tol=1e-5)
    model.fit(hstack([csr_matrix(vectors), grams]), places, sample_weight=sample_weight)
    assert weights == pytest.approx(model.coef_.T, abs=0.01)
    assert bias - bias.mean() == pytest.approx(model.intercept_ - model.intercept_.mean(), abs=0.01)


def test_more_steps_fit_the_phrases_more_closely() -> None:
    random = np.random.default_rng(8)
    vectors = random.normal(size=(PHRASES, 5)).astype(np.float32)
    grams = csr_matrix((PHRASES, 1), dtype=np.float32)
    places = np.arange(PHRASES) % LABELS
    lost = []
    for steps in (1, 20):
        weights, bias = estimators.fit_logistic_regression(
            vectors, grams, places, np.ones(PHRASES, np.float32), 10.0, steps
        )
        scores = vectors @ weights[:-1] + bias
        own = scores[np.arange(PHRASES), places]
        lost.append(float((np.log(np.exp(scores).sum(axis=1)) - own).mean()))
    assert lost[1] < lost[0]
