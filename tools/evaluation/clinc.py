"""`python -m tools.evaluation.clinc FILE`: the classifier on CLINC150, a public yardstick for out-of-scope questions.

FILE is `data_full.json` of the data set (Larson et al. 2019, "An Evaluation Dataset for Intent Classification and
Out-of-Scope Prediction"; CC BY 3.0), which the project does not ship. The pipeline is the assistant's own: spelling
repair, embedding, hybrid classifier with its default settings. Out of scope is found by both methods of the paper:

* training: it is one more label, with the phrases of `oos_train`;
* threshold: only labels in scope are trained, and what is less sure than a threshold is refused. The threshold is the one
  that gives the most right answers on `val` and `oos_val` together.

Prints for each method the accuracy in scope (a refusal is wrong there) and the recall out of scope, in per cent. Exit
codes: 0 one method reached both demands, 1 none did, 2 the file is missing or cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lamoon.errors import EvaluationError, LamoonError
from lamoon.text.spelling import DomainSpelling, frequent_words, read_known_words
from lamoon.understanding.classifier import OUTSIDE, ClassifierSettings, HybridClassifier
from lamoon.understanding.encoder import SentenceEncoder

SPLITS = ("train", "val", "test", "oos_train", "oos_val", "oos_test")
EXAMPLE = '{"train": [["what is my balance", "balance"], ...], "oos_train": [["how tall is he", "oos"], ...], ...}'
IN_SCOPE, RECALL = 96.0, 60.0  # better than every system in the paper's table 2
WORD_COUNT = 3  # as in the assistant's own spelling repair

Splits = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Result:
    """Figures of one method, in per cent."""

    method: str
    in_scope: float
    recall: float

    @property
    def held(self) -> bool:
        """Whether both demands are met."""
        return self.in_scope >= IN_SCOPE and self.recall >= RECALL

    def __str__(self) -> str:
        return f"{self.method}: in scope {self.in_scope:.1f} right, out of scope {self.recall:.1f} found"


def read_splits(path: Path) -> Splits:
    """Reads the data set; phrases out of scope get the label `out_of_scope`.

    Raises:
        EvaluationError: when the file is not of the expected form.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        splits = {
            name: [(str(text), OUTSIDE if name.startswith("oos") else str(label)) for text, label in content[name]]
            for name in SPLITS
        }
    except (ValueError, KeyError, TypeError) as problem:
        raise EvaluationError(f"{path}: {problem!r}; expected {EXAMPLE} with {', '.join(SPLITS)}") from None
    empty = [name for name in SPLITS if not splits[name]]
    if empty:
        raise EvaluationError(f"{path}: no phrases in {', '.join(empty)}; expected {EXAMPLE}")
    return splits


def evaluate(splits: Splits, settings: ClassifierSettings) -> list[Result]:
    """Trains and tests by both methods; takes minutes and 2 GB on the full set."""
    encoder = SentenceEncoder()
    return [_by_training(splits, settings, encoder), _by_threshold(splits, settings, encoder)]


Read = Callable[[str], tuple[str, float]]


def _trained(phrases: Sequence[tuple[str, str]], settings: ClassifierSettings, encoder: SentenceEncoder) -> Read:
    texts, labels = zip(*phrases, strict=True)
    spelling = DomainSpelling(frequent_words(texts, WORD_COUNT), read_known_words())
    repaired = [spelling.repair(text) for text in texts]
    classifier = HybridClassifier.train(repaired, labels, encoder.encode(repaired), settings)

    def read(text: str) -> tuple[str, float]:
        repaired = spelling.repair(text)
        found = classifier.predict(repaired, encoder.encode([repaired])[0])
        return found.labels[0], found.confidence

    return read


def _by_training(splits: Splits, settings: ClassifierSettings, encoder: SentenceEncoder) -> Result:
    read = _trained(splits["train"] + splits["oos_train"], settings, encoder)
    return _scored("training", splits, read)


def _by_threshold(splits: Splits, settings: ClassifierSettings, encoder: SentenceEncoder) -> Result:
    read = _trained(splits["train"], settings, encoder)
    validation = [(*read(text), label) for text, label in splits["val"] + splits["oos_val"]]
    threshold = best_threshold(validation)

    def guarded(text: str) -> tuple[str, float]:
        label, confidence = read(text)
        return (label if confidence >= threshold else OUTSIDE), confidence

    return _scored(f"threshold {threshold:.2f}", splits, guarded)


def best_threshold(readings: Sequence[tuple[str, float, str]]) -> float:
    """The threshold with the most right answers.

    Args:
        readings: for each phrase the label read, the confidence and the right label.
    """
    candidates = np.unique([0.0, *(confidence for _, confidence, _ in readings)])
    right = [
        sum((read if confidence >= threshold else OUTSIDE) == label for read, confidence, label in readings)
        for threshold in candidates
    ]
    return float(candidates[int(np.argmax(right))])


def _scored(method: str, splits: Splits, read: Read) -> Result:
    shares = [
        100 * float(np.mean([read(text)[0] == label for text, label in splits[name]])) for name in ("test", "oos_test")
    ]
    return Result(method, *shares)


def main(arguments: list[str]) -> int:
    """Prints both methods' figures; returns the exit code."""
    try:
        if len(arguments) != 1:
            raise EvaluationError("Expected one file: python -m tools.evaluation.clinc data_full.json")
        results = evaluate(read_splits(Path(arguments[0])), ClassifierSettings())
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
