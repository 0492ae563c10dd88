"""The hybrid classifier: kernel ridge regression and logistic regression, blended, with calibrated confidence.

Both use the sentence embedding and character n-grams. The first weighs every training phrase by its distance, the
second is linear; their errors differ (docs/understanding.md has the figures). A message is out of scope when the sum of
all out-of-scope kinds is likely enough; otherwise it gets the most likely label in scope. A third regression computes
the confidence from one figure: the lead of that label over the others in scope.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lamoon.intents import shared_intents
from lamoon.understanding import estimators
from lamoon.understanding.encoder import Vectors
from lamoon.understanding.estimators import CharTfidf

OUTSIDE = "out_of_scope"
EMERGENCY = "emergency"
PRICES = "ask_prices"
COST = "faq/cost"
KIND_MARK = "+"  # "emergency+suicidal": a separate class, but one intent with the other kinds of emergency
ITERATIONS = 30  # of the logistic regression; 100 take three times as long and change nothing
TINY = 1e-9
LEAST = 1e-7


@dataclass(frozen=True)
class ClassifierSettings:
    """The options in `config.yml`.

    Attributes:
        regularisation: C of the logistic regression; larger trusts the data more.
        char_weight: length of the n-gram part beside the embedding's 1, in the logistic regression.
        min_count: minimum number of phrases that contain an n-gram.
        sharpness, kernel_char_weight, ridge: of the kernel ridge regression, see `kernel_ridge.fit`.
        balance: 0 trusts every phrase alike; up to 1, the phrases of a frequent label are trusted less, so that a label
            with many voices does not attract unrelated messages.
        ridge_weight, log_weight: weights of the ridge regression's score and the logistic regression's log probability
            in the sum whose softmax gives the probabilities; fitted so that these are calibrated.
        outside_limit: minimum total probability of all out-of-scope kinds for a message to be out of scope.
        least_share: minimum share of the label in the probability in scope; below it, the assistant asks back. It is
            the threshold of `FallbackClassifier` in config.yml on another scale.
        acting_share: the same for an intent that acts (data/intents.yml), whose lead counts from here: "stop" and "no"
            are less often right than an answer of the same share, and a wrong one costs more.
        lead_weight, confidence_bias: confidence is the logistic function of lead_weight x lead + confidence_bias;
            fitted by `python -m tools.evaluation.calibration` on voices left out.
    """

    regularisation: float = 40.0
    char_weight: float = 0.8
    min_count: int = 4
    gamma: float = 2.5
    kernel_char_weight: float = 0.3
    ridge: float = 0.15
    balance: float = 0.5
    ridge_weight: float = 14.0
    log_weight: float = 0.4
    outside_limit: float = 0.2
    least_share: float = 0.44
    acting_share: float = 0.62
    lead_weight: float = 0.395
    confidence_bias: float = -0.185


@dataclass(frozen=True)
class Prediction:
    """The classification of one message.

    Attributes:
        labels: all labels, the chosen one first, the others by probability.
        probabilities: their probabilities, summing to 1.
        confidence: 0 to 1, that the first label is right.
        margin: the lead. In scope, log odds of its label against the others there, less for an intent that acts; out of
            scope, log odds of all its kinds together, counted from the limit at which they are chosen.
    """

    labels: list[str]
    probabilities: list[float]
    confidence: float
    margin: float


class HybridClassifier:
    """Trained weights; numpy only."""

    def __init__(
        self,
        settings: ClassifierSettings,
        labels: Sequence[str],
        tfidf: CharTfidf,
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        ridge_weights: npt.NDArray[np.float32],
        ridge_gram_weights: npt.NDArray[np.float32],
        ridge_bias: npt.NDArray[np.float32],
        phrases: Vectors,
    ) -> None:
        """Take the parts made by `train` or `load`.

        Args:
            settings: as trained.
            labels: one per column of `weights`.
            tfidf: the fitted n-grams.
            weights: of the logistic regression, shape (384 + n-grams, labels).
            bias: of the logistic regression, shape (labels,).
            ridge_weights: of each phrase, shape (phrases, labels).
            ridge_gram_weights: of each n-gram, shape (n-grams, labels).
            ridge_bias: shape (labels,).
            phrases: unit embeddings of the training phrases, shape (phrases, 384).
        """
        self.settings = settings
        self.labels = list(labels)
        self.tfidf = tfidf
        self._weights = weights
        self._bias = bias
        self._ridge_weights = ridge_weights
        self._ridge_gram_weights = ridge_gram_weights
        self._ridge_bias = ridge_bias
        self._phrases = np.asfortranarray(phrases)  # in column order, products with one vector take half the time
        groups = [answer_group(label) for label in self.labels]
        self._answers = sorted(set(groups))
        self._groups = np.array([self._answers.index(group) for group in groups])

    @classmethod
    def train(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Vectors, settings: ClassifierSettings
    ) -> HybridClassifier:
        """Fit the weights; the same input gives the same weights.

        Args:
            texts: training phrases after spelling repair.
            labels: one label a phrase.
            vectors: their embeddings, shape (phrases, 384).
            settings: see `ClassifierSettings`.
        """
        # scipy costs memory and start-up time, and only training needs it.
        from scipy.sparse import csr_matrix

        doubts = phrase_doubts(labels, settings.balance)
        tfidf = CharTfidf.fit(texts, settings.min_count)
        grams = csr_matrix(tfidf.rows(texts), shape=(len(texts), len(tfidf.index)))
        kinds, places = np.unique(np.asarray(labels), return_inverse=True)
        weights, bias = estimators.fit_logistic_regression(
            vectors, grams * settings.char_weight, places, 1 / doubts, settings.regularisation, ITERATIONS
        )
        targets = np.eye(len(kinds), dtype=np.float32)[places]
        ridge = estimators.fit_kernel_ridge(
            vectors, grams, targets, settings.gamma, settings.kernel_char_weight, settings.ridge * doubts
        )
        return cls(
            settings,
            [str(label) for label in kinds],
            tfidf,
            weights,
            bias,
            *ridge,
            vectors.astype(np.float32),
        )

    def predict(self, text: str, vector: Vectors) -> Prediction:
        """Classify one message.

        Args:
            text: the message after spelling repair.
            vector: its embedding, shape (384,).
        """
        grams = self.tfidf.row(text)
        scores = self.settings.ridge_weight * self._ridge_scores(vector, *grams)
        scores += self.settings.log_weight * self._log_probabilities(vector, *grams)
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        chosen, lead = self._choice(probabilities)
        order = [chosen, *(i for i in np.argsort(-probabilities, kind="stable") if i != chosen)]
        return Prediction(
            [self.labels[i] for i in order],
            [float(probabilities[i]) for i in order],
            confidence_of(lead, self.settings),
            lead,
        )

    def _choice(self, probabilities: npt.NDArray[np.float32]) -> tuple[int, float]:
        """Return the label and its lead. A message that is most likely an emergency is never out of scope."""
        answers = dict(zip(self._answers, np.bincount(self._groups, weights=probabilities), strict=True))
        likeliest = max(answers, key=answers.__getitem__)
        outside = answers.pop(OUTSIDE, 0.0)
        best = max(answers, key=answers.__getitem__, default=OUTSIDE)
        if best == OUTSIDE or (outside > self.settings.outside_limit and likeliest != EMERGENCY):
            best = OUTSIDE
            lead = log_odds(outside) - log_odds(self.settings.outside_limit) + log_odds(self.settings.least_share)
        else:
            lead = log_odds(answers[best] / max(sum(answers.values()), TINY))
            if best in shared_intents().acting:
                lead += log_odds(self.settings.least_share) - log_odds(self.settings.acting_share)
        own = self._groups == self._answers.index(best)
        return int(np.where(own, probabilities, -1).argmax()), lead

    def _ridge_scores(self, vector: Vectors, columns: npt.NDArray[np.int64], values: Vectors) -> Vectors:
        near = estimators.nearness(self._phrases @ vector, self.settings.gamma)
        scores: Vectors = near @ self._ridge_weights + values @ self._ridge_gram_weights[columns] + self._ridge_bias
        return scores

    def _log_probabilities(self, vector: Vectors, columns: npt.NDArray[np.int64], values: Vectors) -> Vectors:
        dense = len(vector)
        scores = vector @ self._weights[:dense] + self._bias
        scores += (values * self.settings.char_weight) @ self._weights[dense + columns]
        scores -= scores.max()
        normalised: Vectors = scores - np.log(np.exp(scores).sum())
        return normalised

    def save(self, folder: Path) -> None:
        """Write `classifier.npz` and `classifier.json` into `folder`."""
        np.savez_compressed(
            folder / "classifier.npz",
            weights=self._weights.astype(np.float16),
            bias=self._bias,
            ridge_weights=self._ridge_weights,
            ridge_gram_weights=self._ridge_gram_weights.astype(np.float16),
            ridge_bias=self._ridge_bias,
            phrases=self._phrases.astype(np.float16),
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
        """Read what `save` wrote; no pickle, so the file can contain only numbers and words."""
        rest = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
        with np.load(folder / "classifier.npz", allow_pickle=False) as arrays:
            tfidf = CharTfidf({gram: i for i, gram in enumerate(rest["ngrams"])}, arrays["idf"])
            return cls(
                ClassifierSettings(**rest["settings"]),
                rest["labels"],
                tfidf,
                arrays["weights"].astype(np.float32),
                arrays["bias"],
                arrays["ridge_weights"],
                arrays["ridge_gram_weights"].astype(np.float32),
                arrays["ridge_bias"],
                arrays["phrases"].astype(np.float32),
            )


def phrase_doubts(labels: Sequence[str], balance: float) -> npt.NDArray[np.float32]:
    """Return the ridge of each phrase, shape (phrases,): about 1, more if its label has many phrases."""
    whole = np.array([label.partition(KIND_MARK)[0] for label in labels])
    _, places, counts = np.unique(whole, return_inverse=True, return_counts=True)
    doubts: npt.NDArray[np.float32] = ((counts / counts.mean()) ** balance)[places].astype(np.float32)
    return doubts


def confidence_of(lead: float, settings: ClassifierSettings) -> float:
    """Return the confidence in a label with this lead."""
    return 1 / (1 + math.exp(-(settings.lead_weight * lead + settings.confidence_bias)))


def log_odds(probability: float) -> float:
    """Return the log odds, clipped to -16 to 16."""
    bounded = min(max(float(probability), LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


def answer_group(label: str) -> str:
    """Return the topic or intent that decides the answer; all kinds of out-of-scope are one, as are those of an
    emergency, and the studio's prices with what the guide says of them.
    """
    if label == COST:
        return PRICES
    return OUTSIDE if label.startswith(OUTSIDE) else label.partition(KIND_MARK)[0]
