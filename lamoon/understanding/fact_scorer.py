"""Which point of a topic a message asks about: kernel ridge regression over the facts' example questions.

The sentence embedding is tuned to tell topics apart, which brings the questions of a topic close together. The regression
weighs all examples against each other and still separates them; the nearest example settles what it leaves open, shared
words and the classifier's own view of the topic count a little. Weights and thresholds were set on `tests/data/facts_dev.jsonl`, by other
voices than the examples'; docs/understanding.md has the figures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.understanding.classifier import OUTSIDE
from lamoon.understanding.encoder import Vectors
from lamoon.understanding.estimators import nearness
from lamoon.understanding.followups import Reading

GAMMA = 2.5
RIDGE = 0.1
NEAREST = 0.2
TOPIC_OF_FACT, TOPIC_OF_OVERVIEW = 0.06, 0.08
WORDS = 0.3
"""For the share of a message's words that a fact or overview has."""
WORDS_IN_CONTEXT = 0.15
"""The same for a follow-up."""
SILENT = 0.08
"""For a fact that says that the guide leaves a point open: what the guide says has more to be near to."""


@dataclass(frozen=True)
class Example:
    """A question and what it asks for: a fact ("cost/paying_for"), or the overview of a topic ("cost").

    `in_context`: it asks for that only where the topic was talked about. `silent`: the guide leaves that point open.
    """

    asks: str
    in_context: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Scored:
    """A fact, or the overview of a topic, and how well it fits."""

    asks: str
    score: float

    @property
    def topic(self) -> str:
        return topic_of_entry(self.asks)

    @property
    def is_fact(self) -> bool:
        return "/" in self.asks


def topic_of_entry(asks: str) -> str:
    """The topic of a fact or of an overview."""
    return asks.partition("/")[0]


class FactScorer:
    """Trained weights; numpy only."""

    def __init__(self, examples: Sequence[Example], vectors: Vectors, weights: npt.NDArray[np.float32]) -> None:
        """`vectors` are the embeddings of the examples; `weights` one row for each that stands by itself."""
        self._examples = tuple(examples)
        self._vectors = vectors
        self._weights = weights
        alone = np.array([not example.in_context for example in examples])
        self._alone = vectors[alone]
        self._entries = sorted({example.asks for example in examples})
        self._topics = [topic_of_entry(entry) for entry in self._entries]
        self._is_fact = np.array(["/" in entry for entry in self._entries])
        silent = {example.asks for example in examples if example.silent}
        self._silent = np.array([SILENT if entry in silent else 0.0 for entry in self._entries])
        places = np.array([self._entries.index(example.asks) for example in examples])[alone]
        self._order = np.argsort(places, kind="stable")
        self._starts = np.searchsorted(places[self._order], np.arange(len(self._entries)))
        self._by_topic: dict[str, list[int]] = {}
        for i, example in enumerate(examples):
            if "/" in example.asks:
                self._by_topic.setdefault(topic_of_entry(example.asks), []).append(i)

    @classmethod
    def train(cls, examples: Sequence[Example], vectors: Vectors) -> FactScorer:
        """Fits the weights; the same input gives the same weights. Every entry has an example that stands by itself."""
        asks = [example.asks for example in examples if not example.in_context]
        alone = vectors[[not example.in_context for example in examples]].astype(np.float64)
        targets = (np.array(asks)[:, None] == np.array(sorted(set(asks)))[None]).astype(np.float64)
        kernel = nearness(alone @ alone.T, GAMMA).astype(np.float64) + RIDGE * np.eye(len(alone))
        return cls(examples, vectors.astype(np.float32), np.linalg.solve(kernel, targets).astype(np.float32))

    def scores(self, vector: Vectors, topics: Mapping[str, float], words: Mapping[str, float]) -> list[Scored]:
        """All facts and overviews, the best first.

        Args:
            vector: the message's embedding.
            topics: the share that the classifier gives each topic.
            words: the share of the message's words that facts and overviews have.
        """
        cosines = self._alone @ vector
        scores = nearness(cosines, GAMMA) @ self._weights
        scores += NEAREST * np.maximum.reduceat(cosines[self._order], self._starts)
        shares = np.array([topics.get(topic, 0.0) for topic in self._topics])
        scores += WORDS * self._shared(words)
        scores += shares * np.where(self._is_fact, TOPIC_OF_FACT, TOPIC_OF_OVERVIEW) + self._silent
        return [Scored(self._entries[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")]

    def in_context(
        self, vector: Vectors, topic: str, words: Mapping[str, float], said: Collection[str] = ()
    ) -> Scored | None:
        """The fact of a topic that a short message asks for once that was talked about: by its nearest example and its words."""
        places = [i for i in self._by_topic.get(topic, []) if self._examples[i].asks not in said]
        if not places:
            return None
        shared = [words.get(self._examples[i].asks, 0.0) for i in places]
        scores = self._vectors[places] @ vector + WORDS_IN_CONTEXT * np.array(shared, dtype=np.float32)
        best = int(scores.argmax())
        return Scored(self._examples[places[best]].asks, float(scores[best]))

    def _shared(self, words: Mapping[str, float]) -> npt.NDArray[np.float32]:
        return np.array([words.get(entry, 0.0) for entry in self._entries], dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Writes `facts.npz` and `facts.json` into `folder`."""
        np.savez_compressed(folder / "facts.npz", vectors=self._vectors.astype(np.float16), weights=self._weights)
        rows = [[example.asks, example.in_context, example.silent] for example in self._examples]
        (folder / "facts.json").write_text(json.dumps(rows), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> FactScorer:
        """Reads what `save` wrote."""
        rows = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        with np.load(folder / "facts.npz", allow_pickle=False) as arrays:
            return cls([Example(*row) for row in rows], arrays["vectors"].astype(np.float32), arrays["weights"])


@dataclass(frozen=True)
class Thresholds:
    """How well a fact must fit.

    `other_topic` and `per_confidence` are the line that logistic regression finds between the questions of ended rounds
    whose topic is right and those that a fact of another topic answers: 159 of 191 with each left out once; a step at
    `sure` had 158.

    Attributes:
        same_topic: within the topic that the classifier reads.
        unsure: where it is not sure of another reading, or of any.
        other_topic: where it reads another topic, plus `per_confidence` times how sure it is.
        sure_outside: where it is sure that the guide does not cover it.
        in_context: for a follow-up.
        understood: the confidence from which the classifier's topic counts at all, as in config.yml.
        sure: the confidence from which the classifier counts as sure.
        sure_of_other: the same for an intent that asks nothing of the guide.
    """

    same_topic: float = 0.25
    unsure: float = 0.40
    other_topic: float = -0.45
    per_confidence: float = 1.47
    sure_outside: float = 0.70
    in_context: float = 0.54
    understood: float = 0.43
    sure: float = 0.80
    sure_of_other: float = 0.55


THRESHOLDS = Thresholds()
KEPT = ("emergency", "report_condition", "handoff_to_human", "forget_me", "stop", "inform")
"""What these intents set off matters more than a fact, however near it is."""
MISTAKEN = {"ask_services": 0.70, "handoff_to_human": 0.70}
"""From which score on a fact wins against intents that "do you treat ..." and "who hands out ..." are mistaken for."""
KEPT_KINDS = ("abuse", "sexual", "prompt_injection", "other_language", "gibberish")
"""Kinds of what the guide does not cover of which the same is true."""


def chosen(
    scored: Sequence[Scored], read: Reading, silent: Collection[str] = (), at: Thresholds = THRESHOLDS
) -> Scored | None:
    """The fact that answers a message; None where the message's own reading does.

    Args:
        scored: all facts and overviews, the best first.
        read: what the classifier made of the message.
        silent: the facts that say that the guide leaves a point open.
        at: how well a fact must fit.
    """
    label = Label.parse(read.label)
    sure = read.confidence >= at.sure
    mistaken = bool(scored) and scored[0].score >= MISTAKEN.get(label.intent, math.inf)
    if (label.intent in KEPT and not mistaken) or label.kind in KEPT_KINDS or not scored:
        return None
    if label.topic_id and read.confidence >= at.understood:
        best = scored[0]
        if best.topic != label.topic_id and best.score < at.other_topic + at.per_confidence * read.confidence:
            best = next((one for one in scored if one.topic == label.topic_id), best)
        least = at.same_topic if best.topic == label.topic_id else 0.0
    elif label.intent not in (OUTSIDE, TOPIC_INTENT) and read.confidence >= at.sure_of_other:
        return scored[0] if mistaken and scored[0].is_fact else None
    else:
        best, least = scored[0], at.unsure
        if label.intent == OUTSIDE and sure:
            # A kind of its own says as well as a silent fact that the guide does not cover it.
            least = math.inf if best.asks in silent else at.sure_outside
    return best if best.is_fact and best.score >= least else None
