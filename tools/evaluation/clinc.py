"""`python -m tools.evaluation.clinc FILE [DELTA]`: the classifier on CLINC150, a public benchmark for out-of-scope
questions.

FILE is `data_full.json` of the data set (Larson et al. 2019, "An Evaluation Dataset for Intent Classification and
Out-of-Scope Prediction"; CC BY 3.0), which the project does not ship. The pipeline is the assistant's own: spelling
repair, embedding, hybrid classifier with its default settings. DELTA is the encoder's tuning on the list `train` of
FILE: `lamoon tune --phrases FILE --to DELTA`; without it the encoder is as packaged. Out of scope is found by two
methods, as in the paper:

* training: it is one more label, with the phrases of `oos_train`. The assistant's rule refuses messages with more than
  a limit of that label;
* threshold: only labels in scope are trained, and messages below a confidence threshold are refused.

Limit and threshold are those that give the most right answers on `val` and `oos_val` together. Prints for each method
the accuracy in scope (a refusal is wrong there) and the recall out of scope, in per cent, on `test` and `oos_test`.
Where FILE has neither, each half of the validation part is measured with the limit that was chosen on the other half.
Exit codes: 0 one method reached both targets, 1 none did, 2 the file is missing or cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lamoon.errors import EvaluationError, LamoonError
from lamoon.understanding.classifier import OUTSIDE, ClassifierSettings, HybridClassifier
from lamoon.understanding.encoder import SentenceEncoder, Vectors
from lamoon.understanding.tuned import Delta, phrases_fingerprint
from tools.tuning.phrases import Phrase, repair_of

LEARNED, TESTED = ("train", "val", "oos_train", "oos_val"), ("test", "oos_test")
EXAMPLE = '{"train": [["what is my balance", "balance"], ...], "oos_train": [["how tall is he", "oos"], ...], ...}'
IN_SCOPE, RECALL = 96.5, 66.0  # the paper's table 2: BERT by threshold 96.2 and 52.3, the best recall of all 66.0

Splits = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Result:
    """Figures of one method, in per cent."""

    method: str
    in_scope: float
    recall: float

    @property
    def held(self) -> bool:
        """Whether both targets are met."""
        return self.in_scope >= IN_SCOPE and self.recall >= RECALL

    def __str__(self) -> str:
        return f"{self.method}: in scope {self.in_scope:.1f} right, out of scope {self.recall:.1f} found"


@dataclass(frozen=True)
class Read:
    """The classification of one phrase: the most likely label in scope, the confidence, and the right label."""

    label: str
    sure: float
    right: str

    def right_from(self, limit: float) -> bool:
        """Return whether the answer is right where anything less sure is refused."""
        return (self.label if self.sure >= limit else OUTSIDE) == self.right


def read_splits(path: Path) -> Splits:
    """Read the data set; phrases out of scope get the label `out_of_scope`. The two parts of the test may be missing.

    Raises:
        EvaluationError: when the file is not of the expected form.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = LEARNED + (TESTED if any(name in content for name in TESTED) else ())
        splits = {
            name: [(str(text), OUTSIDE if name.startswith("oos") else str(label)) for text, label in content[name]]
            for name in names
        }
    except (ValueError, KeyError, TypeError) as problem:
        raise EvaluationError(f"{path}: {problem!r}; expected {EXAMPLE} with {', '.join(LEARNED + TESTED)}") from None
    empty = [name for name in splits if not splits[name]]
    if empty:
        raise EvaluationError(f"{path}: no phrases in {', '.join(empty)}; expected {EXAMPLE}")
    return splits


def evaluate(splits: Splits, settings: ClassifierSettings, delta: Delta | None = None) -> list[Result]:
    """Train and test with both methods; takes minutes and 2 GB on the full set.

    Raises:
        EvaluationError: when the delta was not tuned on the part `train` of these phrases.
    """
    if delta and delta.phrases != phrases_fingerprint(splits["train"]):
        raise EvaluationError(
            "The tuning is of other phrases. Expected one made with: lamoon tune --phrases FILE --to DELTA"
        )
    encoder = SentenceEncoder(delta=delta)
    return [
        _measured("training", splits, splits["train"] + splits["oos_train"], settings, encoder),
        _measured("threshold", splits, splits["train"], settings, encoder),
    ]


def _measured(
    method: str,
    splits: Splits,
    known: Sequence[tuple[str, str]],
    settings: ClassifierSettings,
    encoder: SentenceEncoder,
) -> Result:
    repair = repair_of(Phrase(text, label) for text, label in splits["train"]).repair
    texts = [repair(text) for text, _ in known]
    classifier = HybridClassifier.train(texts, [label for _, label in known], encoder.encode(texts), settings)

    def read(*names: str) -> list[Read]:
        pairs = [pair for name in names for pair in splits[name]]
        repaired = [repair(text) for text, _ in pairs]
        found = zip(repaired, encoder.encode(repaired), pairs, strict=True)
        return [Read(*likeliest(classifier, text, vector), label) for text, vector, (_, label) in found]

    validation = read("val", "oos_val")
    if "test" in splits:
        limit = best_limit(validation)
        return _scored(f"{method}, limit {limit:.3f}", [(one, limit) for one in read(*TESTED)])
    halves = validation[::2], validation[1::2]
    limits = best_limit(halves[1]), best_limit(halves[0])
    crossed = [(one, limit) for half, limit in zip(halves, limits, strict=True) for one in half]
    return _scored(f"{method}, limits {limits[0]:.3f} and {limits[1]:.3f}, on the other half of val", crossed)


def likeliest(classifier: HybridClassifier, text: str, vector: Vectors) -> tuple[str, float]:
    """Return the most likely label in scope and the confidence: its share or, if out of scope was trained, the
    complement of that.
    """
    found = classifier.predict(text, vector)
    shares = dict(zip(found.labels, found.probabilities, strict=True))
    outside = shares.pop(OUTSIDE, None)
    label = max(shares, key=shares.__getitem__)
    return label, shares[label] if outside is None else 1 - outside


def best_limit(readings: Sequence[Read]) -> float:
    """Return the limit with the most right answers."""
    candidates = np.unique([0.0, *(one.sure for one in readings)])
    return float(candidates[int(np.argmax([sum(one.right_from(limit) for one in readings) for limit in candidates]))])


def _scored(method: str, readings: Sequence[tuple[Read, float]]) -> Result:
    inside = [one.right_from(limit) for one, limit in readings if one.right != OUTSIDE]
    outside = [one.right_from(limit) for one, limit in readings if one.right == OUTSIDE]
    return Result(method, 100 * float(np.mean(inside)), 100 * float(np.mean(outside)))


def main(arguments: list[str]) -> int:
    """Print both methods' figures; return the exit code."""
    try:
        if len(arguments) not in (1, 2):
            raise EvaluationError("Expected a file: python -m tools.evaluation.clinc data_full.json [delta.npz]")
        delta = Delta.load(Path(arguments[1])) if arguments[1:] else None
        results = evaluate(read_splits(Path(arguments[0])), ClassifierSettings(), delta)
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    for result in results:
        print(result)
    held = any(result.held for result in results)
    print(
        f"demand, by one method: {IN_SCOPE:.1f} in scope and {RECALL:.1f} out of scope: {'held' if held else 'NOT HELD'}"
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
