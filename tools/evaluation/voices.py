"""Leave-voices-out evaluation: training without the phrases of some voices, and the accuracy on these phrases.

A phrase's voice is the `voice` of its block's metadata (docs/training-data.md). The voices are spread over folds of
similar size; each fold in turn is left out of all training: the spelling repair, the classifier, and the tuning of the
encoder, which takes most of the time and is kept in reports/tunings/ for the next run. Without PyTorch the encoder is
as packaged, and the report says so. Double questions, follow-ups and screening are not used.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lamoon.contract import topic_of
from lamoon.errors import EvaluationError, ModelError
from lamoon.understanding.classifier import OUTSIDE, ClassifierSettings, HybridClassifier, answer_group
from lamoon.understanding.encoder import SentenceEncoder
from lamoon.understanding.tuned import Delta, phrases_fingerprint
from tools.evaluation.scores import Figure, figure_table
from tools.markdown import shortened, table
from tools.tuning.__main__ import OWN_GENERIC, read_questions, tune
from tools.tuning.phrases import Phrase, read_phrases, repair_of, without_voices
from tools.tuning.recipe import Recipe

REPORT = "voices_left_out.md"
MOST_FOLDS = 6
UNSURE = 0.43  # the threshold of FallbackClassifier in config.yml
TUNINGS = "tunings"
MOST_PAIRS, EXAMPLES = 60, 3


@dataclass(frozen=True)
class Reading:
    """The classification of a phrase without its voice: the most likely answers with confidence."""

    phrase: Phrase
    best: tuple[str, ...]
    confidence: float

    @property
    def meant(self) -> str:
        """The topic or intent; all kinds of out-of-scope are one."""
        return answer_group(self.phrase.label)

    @property
    def right(self) -> bool:
        """Whether the right answer is the most likely, regardless of confidence."""
        return self.best[0] == self.meant

    @property
    def turned_away(self) -> bool:
        """Whether a phrase in scope gets neither a right nor a wrong answer."""
        return self.meant != OUTSIDE and not self.answered

    @property
    def answered(self) -> bool:
        """Whether an answer of the guide or of the conversation is given."""
        return self.best[0] != OUTSIDE and self.confidence >= UNSURE


def leave_voices_out(reports: Path, generic: Path | None) -> Path:
    """Measure all voices and write the report; a tuning of each fold takes some minutes. Returns the report's path.

    Args:
        reports: the folder of the report and the tunings.
        generic: generic questions, as for `lamoon tune`.

    Raises:
        EvaluationError: if fewer than two voices are known.
    """
    phrases = [phrase for phrase in read_phrases() if phrase.voice]
    folds = folds_of(Counter(phrase.voice for phrase in phrases))
    questions = read_questions(generic or OWN_GENERIC)
    readings: list[Reading] = []
    tunings: list[Delta | None] = []
    for fold in folds:
        tunings.append(tuned_without(phrases, fold, questions, reports / TUNINGS))
        readings += read_without(phrases, fold, tunings[-1])
    reports.mkdir(parents=True, exist_ok=True)
    (reports / REPORT).write_text(report(readings, folds, tuned=all(tunings)), encoding="utf-8")
    return reports / REPORT


def tuned_without(
    phrases: Sequence[Phrase], fold: frozenset[str], questions: Sequence[str], folder: Path
) -> Delta | None:
    """Return a tuning without the voices: the one in `folder` if it is for these phrases, else a new one. None if it
    cannot be made; the reason is printed.
    """
    file = folder / f"without_{'_'.join(sorted(fold))}.npz"
    try:
        found = Delta.load(file)
        if is_of(found, phrases, fold):
            return found
    except ModelError:
        pass  # missing or damaged: made below
    try:
        tune(phrases, sorted(fold), questions, file, Recipe())
    except (EvaluationError, subprocess.CalledProcessError) as problem:
        print(f"{problem}\nThe encoder is as packaged.", file=sys.stderr)
        return None
    return Delta.load(file)


def is_of(delta: Delta, phrases: Sequence[Phrase], fold: frozenset[str]) -> bool:
    """Return whether a tuning was made by the current recipe from these phrases without those of the voices."""
    recipe = {name: delta.recipe.get(name) for name in asdict(Recipe())}
    of_these = delta.phrases == phrases_fingerprint((phrase.text, phrase.label) for phrase in phrases)
    return of_these and recipe == asdict(Recipe()) and frozenset(delta.recipe.get("left_out") or ()) == fold


def read_without(phrases: Sequence[Phrase], fold: frozenset[str], tuning: Delta | None) -> list[Reading]:
    """Return the classifications of the voices' phrases by a model trained on all others."""
    known = without_voices(phrases, fold)
    unseen = [phrase for phrase in phrases if phrase.voice in fold]
    repair = repair_of(known).repair
    texts, strange = [repair(phrase.text) for phrase in known], [repair(phrase.text) for phrase in unseen]
    encoder = SentenceEncoder(delta=tuning)
    labels = [phrase.label for phrase in known]
    classifier = HybridClassifier.train(texts, labels, encoder.encode(texts), ClassifierSettings())
    readings = []
    for phrase, text, vector in zip(unseen, strange, encoder.encode(strange), strict=True):
        found = classifier.predict(text, vector)
        best = tuple(dict.fromkeys(map(answer_group, found.labels[:12])))
        readings.append(Reading(phrase, best[:3], found.confidence))
    return readings


def folds_of(sizes: Mapping[str, int]) -> list[frozenset[str]]:
    """Return the voices in at most six folds of similar size; a voice is never divided.

    Raises:
        EvaluationError: if there are fewer than two voices.
    """
    if len(sizes) < 2:
        raise EvaluationError(f"Expected phrases of two voices or more, found {len(sizes)}; see docs/training-data.md")
    folds: list[set[str]] = [set() for _ in range(min(MOST_FOLDS, len(sizes)))]
    for voice in sorted(sizes, key=lambda name: (-sizes[name], name)):
        min(folds, key=lambda fold: sum(sizes[name] for name in fold)).add(voice)
    return [frozenset(fold) for fold in folds]


def report(readings: Sequence[Reading], folds: Sequence[frozenset[str]], *, tuned: bool) -> str:
    """Return the page: the encoder, then accuracy by fold, voice and label, weakest first, and the confusions."""
    by_fold = {", ".join(sorted(fold)): [r for r in readings if r.phrase.voice in fold] for fold in folds}
    voices, labels = defaultdict(list), defaultdict(list)
    for reading in readings:
        voices[reading.phrase.voice].append(reading)
        labels[reading.meant].append(reading)
    encoder = "tuned without them too" if tuned else "as packaged, NOT tuned: understands less than the assistant's"
    parts = [
        f"# Voices left out\n\n{len(readings)} phrases, each read by a model without its voice; encoder: {encoder}.\n"
    ]
    parts += [figure_table("fold", {name: _right(own) for name, own in by_fold.items()})]
    parts += [figure_table("voice", {name: _right(own) for name, own in sorted(voices.items())})]
    parts += ["## Labels, the weakest first\n", _label_table(labels)]
    parts += ["## What is taken for what\n", _pairs(readings)]
    parts += ["## Topics' phrases that are misread\n", _misread(labels)]
    return "\n".join(parts)


def _right(readings: Sequence[Reading]) -> Figure:
    return Figure(sum(reading.right for reading in readings), len(readings))


def _label_table(labels: Mapping[str, Sequence[Reading]]) -> str:
    rows = []
    for label, own in sorted(labels.items(), key=lambda item: (_right(item[1]).share, item[0])):
        taken = Counter(reading.best[0] for reading in own if not reading.right)
        near = sum(reading.meant in reading.best for reading in own) / len(own)
        away = sum(reading.turned_away and not reading.right for reading in own) / len(own)
        most = ", ".join(f"{name} {count}" for name, count in taken.most_common(4))
        rows.append((label, str(_right(own)), f"{near:.3f}", f"{away:.3f}", most))
    return table(("label", "right", "among three", "wrong and turned away", "taken for"), rows)


def _misread(labels: Mapping[str, Sequence[Reading]]) -> str:
    rows = [
        (label, reading.best[0], f"{reading.confidence:.2f}", reading.phrase.voice, shortened(reading.phrase.text))
        for label, own in sorted(labels.items())
        if topic_of(label)
        for reading in sorted(own, key=lambda one: (one.best[0], -one.confidence))
        if not reading.right
    ]
    return table(("meant", "read as", "confidence", "voice", "phrase"), rows)


def _pairs(readings: Sequence[Reading]) -> str:
    pairs = defaultdict(list)
    for reading in readings:
        if not reading.right:
            pairs[reading.meant, reading.best[0]].append(reading)
    rows = []
    for (meant, read), own in sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_PAIRS]:
        surest = sorted(own, key=lambda reading: -reading.confidence)[:EXAMPLES]
        rows.append((meant, read, str(len(own)), " / ".join(shortened(r.phrase.text, 70) for r in surest)))
    return table(("meant", "read as", "phrases", "the surest of them"), rows)
