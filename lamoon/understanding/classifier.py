"""The hybrid classifier: logistic regression over sentence embedding and character n-grams, and calibrated confidence.

Two things say which label it is: the log probability of the regression, which generalises, and the mean cosine of the
label's three nearest phrases, which remembers. How far to trust that says a second, tiny regression over two figures:
the cosine of the nearest phrase of that label, and the lead over the next intent or topic.
"""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lamoon.understanding.char_tfidf import CharTfidf
from lamoon.understanding.encoder import Vectors

OUTSIDE = "out_of_scope"
ITERATIONS = 100
NEIGHBOURS = 3
TINY = 1e-9


@dataclass(frozen=True)
class Settings:
    """What `config.yml` may set.

    Attributes:
        regularisation: C of the logistic regression; larger trusts the data more.
        char_weight: length of the n-gram part beside the embedding's 1.
        min_count: in how many phrases an n-gram must stand.
        neighbour_weight: of the mean cosine, beside the log probability.
        outside_penalty: taken off the score of out-of-scope kinds, which are many and would win too often.
        similarity_weight, lead_weight, confidence_bias: confidence is the logistic function of their weighted sum;
            fitted by `python -m lamoon.evaluation --calibrate` on development questions.
    """

    regularisation: float = 40.0
    char_weight: float = 0.8
    min_count: int = 4
    neighbour_weight: float = 4.0
    outside_penalty: float = 0.5
    similarity_weight: float = 2.92
    lead_weight: float = 0.8
    confidence_bias: float = -1.28


@dataclass(frozen=True)
class Prediction:
    """What one message most likely means.

    Attributes:
        labels: all labels, likeliest first.
        probabilities: how likely each is beside the others, summing to 1.
        confidence: 0 to 1, that the first label is right.
        similarity: cosine of the nearest training phrase of that label.
        lead: log of how many times likelier it is than the next one, where all kinds of out-of-scope count as one.
    """

    labels: list[str]
    probabilities: list[float]
    confidence: float
    similarity: float
    lead: float


class HybridClassifier:
    """Trained weights; numpy only."""

    def __init__(
        self,
        settings: Settings,
        labels: Sequence[str],
        tfidf: CharTfidf,
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        phrases: Vectors,
        phrase_labels: npt.NDArray[np.int32],
    ) -> None:
        """Takes the parts as `train` or `load` made them.

        Args:
            settings: as trained.
            labels: one per column of `weights`.
            tfidf: the fitted n-grams.
            weights: shape (384 + n-grams, labels).
            bias: shape (labels,).
            phrases: unit embeddings of the training phrases, shape (phrases, 384).
            phrase_labels: the column of each phrase's label, shape (phrases,).
        """
        self.settings = settings
        self.labels = list(labels)
        self.tfidf = tfidf
        self._weights = weights
        self._bias = bias
        order = np.argsort(phrase_labels, kind="stable")
        self._phrases = phrases[order]
        self._phrase_labels = phrase_labels[order]
        self._starts = np.searchsorted(self._phrase_labels, np.arange(len(self.labels) + 1))
        groups = [deciding(label) for label in self.labels]
        self._groups = np.array([sorted(set(groups)).index(group) for group in groups])
        self._penalty = np.array([settings.outside_penalty * (group == OUTSIDE) for group in groups], dtype=np.float32)

    @classmethod
    def train(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Vectors, settings: Settings
    ) -> HybridClassifier:
        """Fits the weights; the same input gives the same weights.

        Args:
            texts: training phrases after spelling repair.
            labels: one label a phrase.
            vectors: their embeddings, shape (phrases, 384).
            settings: see `Settings`.
        """
        # scikit-learn costs memory and start-up time, and only training needs it.
        from scipy.sparse import csr_matrix, hstack
        from sklearn.linear_model import LogisticRegression

        tfidf = CharTfidf.fit(texts, settings.min_count)
        grams = csr_matrix(tfidf.rows(texts), shape=(len(texts), len(tfidf.index))) * settings.char_weight
        features = hstack([csr_matrix(vectors), grams]).tocsr().astype(np.float32)
        model = LogisticRegression(C=settings.regularisation, max_iter=ITERATIONS, tol=1e-2, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # more iterations cost minutes and change no decision
            model.fit(features, np.asarray(labels))
        return cls(
            settings,
            [str(label) for label in model.classes_],
            tfidf,
            np.ascontiguousarray(model.coef_.T, dtype=np.float32),
            model.intercept_.astype(np.float32),
            vectors.astype(np.float32),
            np.searchsorted(model.classes_, np.asarray(labels)).astype(np.int32),
        )

    def predict(self, text: str, vector: Vectors) -> Prediction:
        """Reads one message.

        Args:
            text: the message after spelling repair.
            vector: its embedding, shape (384,).
        """
        columns, values = self.tfidf.row(text)
        dense = len(vector)
        scores = vector @ self._weights[:dense] + self._bias
        scores += (values * self.settings.char_weight) @ self._weights[dense + columns]
        scores -= scores.max()
        scores -= np.log(np.exp(scores).sum())
        nearest, close = self._neighbours(vector)
        scores += self.settings.neighbour_weight * close - self._penalty
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        order = np.argsort(-probabilities, kind="stable")
        similarity, lead = float(nearest[order[0]]), self._lead(int(order[0]), probabilities)
        settings = self.settings
        trust = settings.similarity_weight * similarity + settings.lead_weight * lead + settings.confidence_bias
        return Prediction(
            [self.labels[i] for i in order],
            [float(probabilities[i]) for i in order],
            float(1 / (1 + np.exp(-trust))),
            similarity,
            lead,
        )

    def _neighbours(self, vector: Vectors) -> tuple[Vectors, Vectors]:
        """For each label the cosine of its nearest phrase, and the mean of its three nearest."""
        cosines = self._phrases @ vector
        nearest, close = np.zeros((2, len(self.labels)), dtype=np.float32)
        for i, (start, end) in enumerate(itertools.pairwise(self._starts)):
            best = np.partition(cosines[start:end], max(end - start - NEIGHBOURS, 0))[-NEIGHBOURS:]
            nearest[i], close[i] = best.max(), best.mean()
        return nearest, close

    def _lead(self, best: int, probabilities: npt.NDArray[np.float32]) -> float:
        sums = np.bincount(self._groups, weights=probabilities)
        own = sums[self._groups[best]]
        sums[self._groups[best]] = 0.0
        return float(np.log(own + TINY) - np.log(sums.max() + TINY))

    def save(self, folder: Path) -> None:
        """Writes `classifier.npz` and `classifier.json` into `folder`."""
        np.savez_compressed(
            folder / "classifier.npz",
            weights=self._weights.astype(np.float16),
            bias=self._bias,
            phrases=self._phrases.astype(np.float16),
            phrase_labels=self._phrase_labels,
            idf=self.tfidf.idf,
        )
        rest: dict[str, Any] = {
            "settings": asdict(self.settings),
            "labels": self.labels,
            "ngrams": sorted(self.tfidf.index, key=self.tfidf.index.__getitem__),
        }
        (folder / "classifier.json").write_text(json.dumps(rest), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> HybridClassifier:
        """Reads what `save` wrote; no pickle, so a file can hold numbers and words only."""
        rest = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
        with np.load(folder / "classifier.npz", allow_pickle=False) as arrays:
            tfidf = CharTfidf({gram: i for i, gram in enumerate(rest["ngrams"])}, arrays["idf"])
            return cls(
                Settings(**rest["settings"]),
                rest["labels"],
                tfidf,
                arrays["weights"].astype(np.float32),
                arrays["bias"],
                arrays["phrases"].astype(np.float32),
                arrays["phrase_labels"],
            )


def deciding(label: str) -> str:
    """What decides the kind of answer: the topic, or the intent; all kinds of out-of-scope are one."""
    return OUTSIDE if label.startswith(OUTSIDE) else label
