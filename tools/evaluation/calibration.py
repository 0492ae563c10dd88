"""`python -m tools.evaluation.calibration DELTA`: the calibration of confidence on voices left out.

DELTA is a tuning without some voices: `lamoon tune --leave-out wave2,wave4 --to without.npz`. The classifier is also
trained without them, and classifies them. Prints the figures of these phrases, the promised and the actual accuracy of
each band of confidence, and the best-fitting weights of confidence for `ClassifierSettings`. Takes some minutes. Exit
codes: 0 done, 1 a promise is not kept, 2 something is missing.

A band's promise comes from the other voices left out, by split conformal prediction: of n readings with w wrong, at
least 1 - (w + 1) / (n + 1) are right. That would hold for any new reading if voices were alike; it is tested on each
voice in turn. A promise is broken if the whole 95 % interval of the share right is below it.
"""

from __future__ import annotations

import sys
from collections import Counter
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
from tools.evaluation.scores import Figure
from tools.markdown import table
from tools.tuning.phrases import read_phrases, repair_of

FEW = 500  # phrases; voices with fewer are one group
BANDS = (0.0, 0.43, 0.62, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Reading:
    """The classification of a phrase unseen in training."""

    meant: str
    read: str
    lead: float
    voice: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.meant == self.read


def read_left_out(delta: Delta, settings: ClassifierSettings) -> list[Reading]:
    """Train without the voices that the delta was tuned without, and classify their phrases.

    Raises:
        EvaluationError: when the delta was tuned on all phrases.
    """
    left_out = frozenset(delta.recipe.get("left_out") or ())
    if not left_out:
        raise EvaluationError(
            "The tuning has seen all phrases. Expected one made with: lamoon tune --leave-out wave2,wave4 --to FILE"
        )
    phrases = read_phrases()
    repair = repair_of(phrase for phrase in phrases if phrase.voice not in left_out)
    texts = [repair.repair(phrase.text) for phrase in phrases]
    vectors = SentenceEncoder(delta=delta).encode(texts)
    known = [i for i, phrase in enumerate(phrases) if phrase.voice not in left_out]
    classifier = HybridClassifier.train(
        [texts[i] for i in known], [phrases[i].label for i in known], vectors[known], settings
    )
    readings = []
    for text, vector, phrase in zip(texts, vectors, phrases, strict=True):
        if phrase.voice in left_out:
            found = classifier.predict(text, vector)
            read = answer_group(found.labels[0])
            readings.append(Reading(answer_group(phrase.label), read, found.margin, phrase.voice))
    return readings


def figures(readings: Sequence[Reading], settings: ClassifierSettings) -> dict[str, float]:
    """Return the shares: in scope right, turned away and wrong; out of scope refused."""
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


@dataclass(frozen=True)
class Promise:
    """The promised accuracy of a band of confidence for one group of voices, and the actual one."""

    voices: str
    low: float
    high: float
    promised: float
    found: Figure

    @property
    def kept(self) -> bool:
        """Whether the actual accuracy is compatible with the promise."""
        return self.found.interval[1] >= self.promised


def promises(readings: Sequence[Reading], settings: ClassifierSettings) -> list[Promise]:
    """Return a promise for each band and group of voices; voices with few phrases form one group, every other voice its
    own.

    Raises:
        EvaluationError: if there is one group only.
    """
    sizes = Counter(one.voice for one in readings)
    groups: dict[str, list[Reading]] = {}
    for one in readings:
        groups.setdefault(one.voice if sizes[one.voice] >= FEW else "the others", []).append(one)
    if len(groups) < 2:
        raise EvaluationError("Expected a tuning without two voices or more: one promises, the other keeps.")
    rows = []
    for low, high in pairwise(BANDS):
        inside = {name: _within(own, low, high, settings) for name, own in groups.items()}
        for name, own in inside.items():
            others = [right for other, found in inside.items() if other != name for right in found]
            promised = 1 - (others.count(False) + 1) / (len(others) + 1)
            rows.append(Promise(name, low, high, promised, Figure(sum(own), len(own))))
    return [row for row in rows if row.found.total]


def _within(readings: Sequence[Reading], low: float, high: float, settings: ClassifierSettings) -> list[bool]:
    return [one.right for one in readings if low <= confidence_of(one.lead, settings) < high]


def fitted(readings: Sequence[Reading]) -> tuple[float, float]:
    """Return the fitted `lead_weight` and `confidence_bias`."""
    from sklearn.linear_model import LogisticRegression

    leads = np.array([[one.lead] for one in readings])
    model = LogisticRegression(C=10).fit(leads, np.array([one.right for one in readings]))
    return float(model.coef_[0][0]), float(model.intercept_[0])


def main(arguments: Sequence[str]) -> int:
    """Print the figures; return the exit code."""
    settings = ClassifierSettings()
    try:
        if len(arguments) != 1:
            raise EvaluationError("Expected one file: python -m tools.evaluation.calibration without.npz")
        readings = read_left_out(Delta.load(Path(arguments[0])), settings)
        made = promises(readings, settings)
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{len(readings)} phrases left out")
    for name, share in figures(readings, settings).items():
        print(f"  {name}: {share:.3f}")
    print(table(("confidence", "voice", "promised", "right", ""), [_row(one) for one in made]))
    weight, bias = fitted(readings)
    print(f"  lead_weight: {weight:.3f}\n  confidence_bias: {bias:.3f}")
    broken = sum(not one.kept for one in made)
    print(f"promises: {'all kept' if not broken else f'{broken} NOT KEPT'}")
    return 1 if broken else 0


def _row(one: Promise) -> tuple[str, ...]:
    band = f"{one.low:.2f} to {one.high:.2f}"
    return band, one.voices, f"{one.promised:.3f}", str(one.found), "kept" if one.kept else "NOT KEPT"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
