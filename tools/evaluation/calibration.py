"""`python -m tools.evaluation.calibration DELTA`: how much confidence promises, and keeps, on voices left out.

DELTA is a tuning without a fifth of each label's phrases: `lamoon tune --leave-out 4 --to /tmp/without.npz`. The classifier is
trained without the same fifth and reads it. Prints the figures of these phrases, what is right in each band of confidence,
and the weights of confidence that fit best, for `ClassifierSettings`. Takes some minutes. Exit codes: 0 done, 2 something
is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from lamoon.errors import EvaluationError, LamoonError
from lamoon.understanding.classifier import (
    OUTSIDE,
    ClassifierSettings,
    HybridClassifier,
    answer_group,
    confidence_of,
    log_odds,
)
from lamoon.understanding.encoder import SentenceEncoder
from lamoon.understanding.tuned import Delta
from tools.tuning.phrases import read_phrases, repair_of

BANDS = (0.0, 0.43, 0.62, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Reading:
    """What was made of a phrase that training had not seen."""

    meant: str
    read: str
    lead: float

    @property
    def right(self) -> bool:
        """Whether the answer is the right one."""
        return self.meant == self.read


def read_left_out(delta: Delta, settings: ClassifierSettings) -> list[Reading]:
    """Trains without the fifth that the delta was tuned without, and reads that.

    Raises:
        EvaluationError: when the delta was tuned on all phrases.
    """
    left_out = delta.recipe.get("left_out")
    if left_out is None:
        raise EvaluationError(
            "The tuning has seen all phrases. Expected one made with: lamoon tune --leave-out 4 --to FILE"
        )
    phrases = read_phrases()
    repair = repair_of([phrase for phrase in phrases if phrase.block != left_out])
    texts = [repair.repair(phrase.text) for phrase in phrases]
    vectors = SentenceEncoder(delta=delta).encode(texts)
    known = [i for i, phrase in enumerate(phrases) if phrase.block != left_out]
    classifier = HybridClassifier.train(
        [texts[i] for i in known], [phrases[i].label for i in known], vectors[known], settings
    )
    readings = []
    for text, vector, phrase in zip(texts, vectors, phrases, strict=True):
        if phrase.block == left_out:
            found = classifier.predict(text, vector)
            readings.append(Reading(answer_group(phrase.label), answer_group(found.labels[0]), found.margin))
    return readings


def figures(readings: Sequence[Reading], settings: ClassifierSettings) -> dict[str, float]:
    """Shares: in scope right, turned away and wrong; out of scope refused."""
    asked_back = confidence_of(log_odds(settings.least_share), settings)
    inside = [one for one in readings if one.meant != OUTSIDE]
    outside = [one for one in readings if one.meant == OUTSIDE]
    answered = [one for one in inside if one.read != OUTSIDE and confidence_of(one.lead, settings) >= asked_back]
    right = sum(one.right for one in answered) / len(inside)
    return {
        "in scope right": right,
        "turned away": 1 - len(answered) / len(inside),
        "wrong": len(answered) / len(inside) - right,
        "out of scope refused": sum(one.right for one in outside) / max(len(outside), 1),
    }


def bands(readings: Sequence[Reading], settings: ClassifierSettings) -> list[tuple[float, float, int, float]]:
    """For each band of confidence: its bounds, how many readings are in it, and what share of them is right."""
    rows = []
    for low, high in pairwise(BANDS):
        own = [one.right for one in readings if low <= confidence_of(one.lead, settings) < high]
        rows.append((low, high, len(own), sum(own) / max(len(own), 1)))
    return rows


def fitted(readings: Sequence[Reading]) -> tuple[float, float]:
    """`lead_weight` and `confidence_bias`."""
    from sklearn.linear_model import LogisticRegression

    leads = np.array([[one.lead] for one in readings])
    model = LogisticRegression(C=10).fit(leads, np.array([one.right for one in readings]))
    return float(model.coef_[0][0]), float(model.intercept_[0])


def main(arguments: Sequence[str]) -> int:
    """Prints the figures; returns the exit code."""
    settings = ClassifierSettings()
    try:
        if len(arguments) != 1:
            raise EvaluationError("Expected one file: python -m tools.evaluation.calibration without.npz")
        readings = read_left_out(Delta.load(Path(arguments[0])), settings)
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{len(readings)} phrases left out")
    for name, share in figures(readings, settings).items():
        print(f"  {name}: {share:.3f}")
    for low, high, count, share in bands(readings, settings):
        print(f"  confidence {low:.2f} to {high:.2f}: {share:.2f} right ({count})")
    weight, bias = fitted(readings)
    print(f"  lead_weight: {weight:.3f}\n  confidence_bias: {bias:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
