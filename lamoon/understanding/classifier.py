"""The hybrid classifier: logistic regression over sentence embedding and character n-grams, and calibrated confidence.

The regression says which label. How far to trust it says a second, tiny regression over two figures: the cosine of the
nearest training phrase of that label, and the lead over the next intent or topic.
"""

from __future__ import annotations

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

ITERATIONS = 100
TINY = 1e-9


@dataclass(frozen=True)
class Settings:
    """What `config.yml` may set.

    Attributes:
        regularisation: C of the logistic regression; larger trusts the data more.
        char_weight: length of the n-gram part beside the embedding's 1.
        min_count: in how many phrases an n-gram must stand.
        similarity_weight, lead_weight, confidence_bias: confidence is the logistic function of their weighted sum;
            fitted by `python -m lamoon.evaluation --calibrate` on development questions.
    """

    regularisation: float = 40.0
    char_weight: float = 0.8
    min_count: int = 4
    similarity_weight: float = 4.5
    lead_weight: float = 0.93
    confidence_bias: float = -2.25


@dataclass(frozen=True)
class Prediction:
    """What one message most likely means.

    Attributes:
        labels: all labels, likeliest first.
        probabilities: theirs, summing to 1.
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
        self._phrases = phrases
        self._phrase_labels = phrase_labels
        groups = [deciding(label) for label in self.labels]
        self._groups = np.array([sorted(set(groups)).index(group) for group in groups])

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
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        order = np.argsort(-probabilities, kind="stable")
        similarity, lead = self._evidence(int(order[0]), probabilities, vector)
        settings = self.settings
        score = settings.similarity_weight * similarity + settings.lead_weight * lead + settings.confidence_bias
        return Prediction(
            [self.labels[i] for i in order],
            [float(probabilities[i]) for i in order],
            float(1 / (1 + np.exp(-score))),
            similarity,
            lead,
        )

    def _evidence(self, best: int, probabilities: npt.NDArray[np.float32], vector: Vectors) -> tuple[float, float]:
        similarity = float((self._phrases[self._phrase_labels == best] @ vector).max())
        sums = np.bincount(self._groups, weights=probabilities)
        own = sums[self._groups[best]]
        sums[self._groups[best]] = 0.0
        return similarity, float(np.log(own + TINY) - np.log(sums.max() + TINY))

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
    return "out_of_scope" if label.startswith("out_of_scope") else label
