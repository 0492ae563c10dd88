"""Voices left out: training without the phrases of some voices, and what becomes of these phrases.

A phrase's voice is the `voice` of its block's metadata (docs/training-data.md). The voices are spread over folds of like
size; each fold in turn is left out. Spelling is repaired towards the words of all phrases, which flatters misspelt ones
a little; two questions, follow-ups and screening play no part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamoon.contract import topic_of
from lamoon.errors import EvaluationError
from lamoon.nlu.preprocessing import NOT_ENGLISH
from lamoon.project import PROJECT
from lamoon.text.spelling import DomainSpelling, frequent_words, read_known_words
from lamoon.understanding.classifier import OUTSIDE, ClassifierSettings, HybridClassifier, answer_group
from lamoon.understanding.encoder import SentenceEncoder
from tools.checks.assistant import Phrase
from tools.checks.project import load_project
from tools.evaluation.scores import Figure, figure_table
from tools.markdown import shortened, table

REPORT = "voices_left_out.md"
MOST_FOLDS = 6
UNSURE = 0.43  # the threshold of FallbackClassifier in config.yml
WORD_COUNT = 3  # as in lamoon/nlu/preprocessing.py
MOST_PAIRS, EXAMPLES = 60, 3


@dataclass(frozen=True)
class Reading:
    """What a phrase was read as without its voice: the likeliest answers, and how sure."""

    phrase: Phrase
    best: tuple[str, ...]
    confidence: float

    @property
    def meant(self) -> str:
        """The topic or intent; all kinds of out-of-scope are one."""
        return answer_group(self.phrase.label)

    @property
    def right(self) -> bool:
        """Whether the right answer is the likeliest, however sure."""
        return self.best[0] == self.meant

    @property
    def turned_away(self) -> bool:
        """Whether something in scope gets neither a right nor a wrong answer."""
        return self.meant != OUTSIDE and not self.answered

    @property
    def answered(self) -> bool:
        """Whether an answer of the guide or of the conversation is given."""
        return self.best[0] != OUTSIDE and self.confidence >= UNSURE


def leave_voices_out(reports: Path) -> Path:
    """Measures all voices and writes the report; takes some minutes. Returns its path.

    Raises:
        EvaluationError: where fewer than two voices are known.
    """
    phrases = [phrase for phrase in load_project(PROJECT).assistant.phrases if phrase.voice]
    folds = folds_of(Counter(phrase.voice for phrase in phrases))
    words = frequent_words([p.text for p in phrases if p.label not in NOT_ENGLISH], WORD_COUNT)
    spelling = DomainSpelling(words, read_known_words())
    texts = [spelling.repair(phrase.text) for phrase in phrases]
    vectors = SentenceEncoder().encode(texts)
    readings: list[Reading] = []
    for fold in folds:
        kept = [i for i, phrase in enumerate(phrases) if phrase.voice not in fold]
        labels = [phrases[i].label for i in kept]
        classifier = HybridClassifier.train([texts[i] for i in kept], labels, vectors[kept], ClassifierSettings())
        for i, phrase in enumerate(phrases):
            if phrase.voice in fold:
                found = classifier.predict(texts[i], vectors[i])
                best = tuple(dict.fromkeys(map(answer_group, found.labels[:12])))
                readings.append(Reading(phrase, best[:3], found.confidence))
    reports.mkdir(parents=True, exist_ok=True)
    (reports / REPORT).write_text(report(readings, folds), encoding="utf-8")
    return reports / REPORT


def folds_of(sizes: Mapping[str, int]) -> list[frozenset[str]]:
    """The voices in at most six folds of like size; a voice is never divided.

    Raises:
        EvaluationError: where there are fewer than two voices.
    """
    if len(sizes) < 2:
        raise EvaluationError(f"Expected phrases of two voices or more, found {len(sizes)}; see docs/training-data.md")
    folds: list[set[str]] = [set() for _ in range(min(MOST_FOLDS, len(sizes)))]
    for voice in sorted(sizes, key=lambda name: (-sizes[name], name)):
        min(folds, key=lambda fold: sum(sizes[name] for name in fold)).add(voice)
    return [frozenset(fold) for fold in folds]


def report(readings: Sequence[Reading], folds: Sequence[frozenset[str]]) -> str:
    """The page: by fold and voice, by label, weakest first, and what is taken for what."""
    by_fold = {", ".join(sorted(fold)): [r for r in readings if r.phrase.voice in fold] for fold in folds}
    voices, labels = defaultdict(list), defaultdict(list)
    for reading in readings:
        voices[reading.phrase.voice].append(reading)
        labels[reading.meant].append(reading)
    parts = [f"# Voices left out\n\n{len(readings)} phrases, each read by a model without its voice.\n"]
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
