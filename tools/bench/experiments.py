"""`python -m tools.bench.experiments`: the contribution of each part of the classifier, on development data only.

Prints a table. `blocks` is cross-validation on the training phrases: the phrases of a label are ordered by the voices
that wrote them, so each of five blocks consists mostly of voices unseen in training. `development` are the questions in
scope of tests/data/nlu_dev.jsonl; `order` is the area under the ROC curve of right against wrong by confidence, on the
blocks. Spelling repair is as in the assistant; double questions and follow-ups are not used. Takes some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from lamoon.errors import LamoonError
from lamoon.nlu.preprocessing import NOT_ENGLISH
from lamoon.project import PROJECT
from lamoon.text.clean import plain_text
from lamoon.text.spelling import DomainSpelling, frequent_words, read_known_words
from lamoon.understanding.classifier import ClassifierSettings, HybridClassifier, Prediction, answer_group
from lamoon.understanding.encoder import SentenceEncoder, Vectors
from tools.bench.sides import say
from tools.checks.project import load_project
from tools.labelled import Question, read_questions

QUESTIONS = PROJECT / "tests" / "data" / "nlu_dev.jsonl"
BLOCKS = 5
WORD_COUNT = 3  # as in lamoon/nlu/preprocessing.py
TRAININGS = {
    "with n-grams": ClassifierSettings(),
    "without": ClassifierSettings(char_weight=0.0, kernel_char_weight=0.0),
}
# Changes of the trained weights' evaluation.
READINGS: dict[str, dict[str, Any]] = {
    "logistic regression": {"ridge_weight": 0.0, "log_weight": 1.0},
    "kernel ridge": {"log_weight": 0.0},
    "both": {},
}


@dataclass(frozen=True)
class Material:
    """Phrases and questions, repaired and embedded once for all variants; `vectors` has shape (phrases, 384)."""

    texts: list[str]
    labels: list[str]
    vectors: Vectors
    questions: list[Question]
    asked: list[str]
    asked_vectors: Vectors


def main() -> int:
    """Print the table; return 0, or 2 where something is missing."""
    try:
        material = _material()
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{len(material.texts)} phrases, {len(material.asked)} development questions in scope\n")
    print("| variant | blocks | development | order |\n|---|---|---|---|")
    for name, settings in TRAININGS.items():
        for reading, figures in _measured(material, settings).items():
            print(f"| {reading}, {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |", flush=True)
    return 0


def _material() -> Material:
    phrases = load_project(PROJECT).assistant.phrases
    words = frequent_words([p.text for p in phrases if p.label not in NOT_ENGLISH], WORD_COUNT)
    spelling, encoder = DomainSpelling(words, read_known_words()), SentenceEncoder()
    texts = [spelling.repair(phrase.text) for phrase in phrases]
    questions = [question for question in read_questions(QUESTIONS) if question.group not in ("near", "far")]
    asked = [spelling.repair(plain_text(question.text)) for question in questions]
    labels = [phrase.label for phrase in phrases]
    return Material(texts, labels, encoder.encode(texts), questions, asked, encoder.encode(asked))


def blocks_of(labels: Sequence[str]) -> npt.NDArray[np.int_]:
    """Return the block of each phrase, 0 to 4: the phrases of each label are cut into five consecutive runs."""
    blocks, kinds = np.empty(len(labels), dtype=int), np.asarray(labels)
    for label in set(labels):
        (own,) = np.nonzero(kinds == label)
        blocks[own] = np.arange(len(own)) * BLOCKS // len(own)
    return blocks


def _measured(material: Material, settings: ClassifierSettings) -> dict[str, tuple[float, float, float]]:
    """Return the shares right on the blocks and on the questions, and the order, for each reading."""
    blocks = blocks_of(material.labels)
    right: dict[str, list[bool]] = {reading: [] for reading in READINGS}
    leads: dict[str, list[float]] = {reading: [] for reading in READINGS}
    for block in range(BLOCKS):
        say(f"block {block + 1} of {BLOCKS}")
        classifier = _trained(material, np.flatnonzero(blocks != block), settings)
        for i in np.flatnonzero(blocks == block):
            for reading, found in _read(classifier, material.texts[i], material.vectors[i]):
                right[reading].append(answer_group(found.labels[0]) == answer_group(material.labels[i]))
                leads[reading].append(found.margin)
    asked = _on_questions(material, _trained(material, np.arange(len(blocks)), settings))
    return {
        reading: (float(np.mean(right[reading])), asked[reading], float(roc_auc_score(right[reading], leads[reading])))
        for reading in READINGS
    }


def _on_questions(material: Material, classifier: HybridClassifier) -> dict[str, float]:
    hits = dict.fromkeys(READINGS, 0)
    for question, text, vector in zip(material.questions, material.asked, material.asked_vectors, strict=True):
        for reading, found in _read(classifier, text, vector):
            hits[reading] += answer_group(found.labels[0]) in question.labels
    return {reading: count / len(material.asked) for reading, count in hits.items()}


def _trained(material: Material, rows: npt.NDArray[np.int_], settings: ClassifierSettings) -> HybridClassifier:
    texts, labels = [material.texts[i] for i in rows], [material.labels[i] for i in rows]
    return HybridClassifier.train(texts, labels, material.vectors[rows], settings)


def _read(classifier: HybridClassifier, text: str, vector: Vectors) -> Iterator[tuple[str, Prediction]]:
    trained = classifier.settings
    for reading, changes in READINGS.items():
        classifier.settings = replace(trained, **changes)
        yield reading, classifier.predict(text, vector)
    classifier.settings = trained


if __name__ == "__main__":
    sys.exit(main())
