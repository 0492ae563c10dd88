"""The fact of a topic that a message asks about: kernel ridge regression over the facts' example questions.

The sentence embedding is tuned to distinguish topics, which brings the questions of a topic close together. The
regression weighs all examples against each other and still separates them; the nearest example decides close cases, and
shared words and the classifier's topic count a little. Weights and thresholds were set on `tests/data/facts_dev.jsonl`,
written by other voices than the examples; docs/understanding.md has the figures.
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
TOPIC_OF_FACT, TOPIC_OF_OVERVIEW = 0.06, 0.20
WORDS = 0.3
"""Weight of the share of a message's words that a fact or overview has."""
AFTER_PREVIOUS, PREVIOUS, BY_ITSELF, NEAREST_BY_ITSELF = 1.0, -0.6, 0.2, 0.6
SAME_TOPIC, RELATED_TOPIC, LIKELY_TOPIC, FACT = 0.35, 0.1, 0.1, -0.1
"""For a follow-up: the fit of the previous question with it, less that of the previous question alone, so that what it adds
decides; the fit and the nearest example of the follow-up by itself; the topic that was discussed, those offered next, and the
classifier's share; and less for a fact than for an overview. Close to what logistic regression finds on 260 follow-ups of
ended rounds (docs/understanding.md).
"""
SILENT = 0.08
"""Bonus of a fact that says that the guide leaves a point open: such a fact has fewer examples nearby."""


@dataclass(frozen=True)
class Example:
    """A question and its answer: a fact ("cost/paying_for"), or the overview of a topic ("cost"). `in_context`: it asks
    for that only after its topic was discussed. `silent`: the guide leaves that point open.
    """

    asks: str
    in_context: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Asked:
    """A question: its embedding, and the share of its words that facts and overviews have."""

    vector: Vectors
    words: Mapping[str, float]


@dataclass(frozen=True)
class Scored:
    """A fact, or the overview of a topic, and its score."""

    asks: str
    score: float

    @property
    def topic(self) -> str:
        return topic_of_entry(self.asks)

    @property
    def is_fact(self) -> bool:
        return "/" in self.asks


def topic_of_entry(asks: str) -> str:
    """Return the topic of a fact or of an overview."""
    return asks.partition("/")[0]


class FactScorer:
    """Trained weights; numpy only."""

    def __init__(self, examples: Sequence[Example], vectors: Vectors, weights: npt.NDArray[np.float32]) -> None:
        """Take the embeddings of the examples as `vectors`, and `weights` with one row for each example outside a
        context.
        """
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
        self._places = np.array([self._entries.index(example.asks) for example in examples])
        places = self._places[alone]
        self._order = np.argsort(places, kind="stable")
        self._starts = np.searchsorted(places[self._order], np.arange(len(self._entries)))

    @classmethod
    def train(cls, examples: Sequence[Example], vectors: Vectors) -> FactScorer:
        """Fit the weights; the same input gives the same weights. Every entry has an example outside a context."""
        asks = [example.asks for example in examples if not example.in_context]
        alone = vectors[[not example.in_context for example in examples]].astype(np.float64)
        targets = (np.array(asks)[:, None] == np.array(sorted(set(asks)))[None]).astype(np.float64)
        kernel = nearness(alone @ alone.T, GAMMA).astype(np.float64) + RIDGE * np.eye(len(alone))
        return cls(examples, vectors.astype(np.float32), np.linalg.solve(kernel, targets).astype(np.float32))

    def scores(self, asked: Asked, topics: Mapping[str, float]) -> list[Scored]:
        """Return all facts and overviews, the best first; `topics`: the classifier's share for each topic."""
        shares = np.array([topics.get(topic, 0.0) for topic in self._topics])
        return self._sorted(self._fits(asked) + shares * np.where(self._is_fact, TOPIC_OF_FACT, TOPIC_OF_OVERVIEW))

    def follow_up_scores(
        self,
        asked: Asked,
        previous: Asked,
        both: Asked,
        topic: str,
        related: Collection[str],
        topics: Mapping[str, float],
    ) -> list[Scored]:
        """Return all facts and overviews, the best first, for a message that may continue the previous question.

        Args:
            asked: the message by itself.
            previous: the previous question.
            both: the previous question and the message in one sentence.
            topic: the topic that was discussed.
            related: the topics that are offered after it.
            topics: the classifier's share for each topic, for the message by itself.
        """
        nearest = np.full(len(self._entries), -1.0)
        np.maximum.at(nearest, self._places, self._vectors @ asked.vector)
        scores = AFTER_PREVIOUS * self._fits(both) + PREVIOUS * self._fits(previous) + BY_ITSELF * self._fits(asked)
        by_topic = [
            SAME_TOPIC * (entry == topic) + RELATED_TOPIC * (entry in related) + LIKELY_TOPIC * topics.get(entry, 0.0)
            for entry in self._topics
        ]
        return self._sorted(scores + NEAREST_BY_ITSELF * nearest + np.array(by_topic) + FACT * self._is_fact)

    def _fits(self, asked: Asked) -> npt.NDArray[np.float32]:
        """Return how well each entry answers a question, whatever was discussed."""
        cosines = self._alone @ asked.vector
        fits = nearness(cosines, GAMMA) @ self._weights
        fits += NEAREST * np.maximum.reduceat(cosines[self._order], self._starts)
        shared = np.array([asked.words.get(entry, 0.0) for entry in self._entries], dtype=np.float32)
        found: npt.NDArray[np.float32] = fits + WORDS * shared + self._silent
        return found

    def _sorted(self, scores: npt.NDArray[np.float32]) -> list[Scored]:
        return [Scored(self._entries[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")]

    def save(self, folder: Path) -> None:
        """Write `facts.npz` and `facts.json` into `folder`."""
        np.savez_compressed(folder / "facts.npz", vectors=self._vectors.astype(np.float16), weights=self._weights)
        rows = [[example.asks, example.in_context, example.silent] for example in self._examples]
        (folder / "facts.json").write_text(json.dumps(rows), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> FactScorer:
        """Read what `save` wrote."""
        rows = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        with np.load(folder / "facts.npz", allow_pickle=False) as arrays:
            return cls([Example(*row) for row in rows], arrays["vectors"].astype(np.float32), arrays["weights"])


@dataclass(frozen=True)
class Thresholds:
    """Minimum scores of a fact.

    `other_topic` and `per_confidence` are the line that logistic regression finds between the questions of ended rounds
    whose topic is right and those that a fact of another topic answers: 159 of 191 with each left out once; a step at
    `sure` had 158.

    Attributes:
        same_topic: within the classifier's topic.
        unsure: if the classifier is not sure of another label, or of any.
        other_topic: if the classifier chose another topic, plus `per_confidence` times its confidence.
        sure_outside: if it is sure that the guide does not cover the question.
        in_context, next_to_context, elsewhere: for a follow-up, for an entry of the current topic, of one offered
            next, and of any other.
        understood: the confidence from which the classifier's topic counts at all, as in config.yml.
        sure: the confidence from which the classifier counts as sure.
        sure_of_other: the same for an intent that asks nothing of the guide.
    """

    same_topic: float = 0.25
    unsure: float = 0.40
    other_topic: float = -0.45
    per_confidence: float = 1.47
    sure_outside: float = 0.70
    in_context: float = 0.60
    next_to_context: float = 0.75
    elsewhere: float = 0.85
    understood: float = 0.43
    sure: float = 0.80
    sure_of_other: float = 0.55


THRESHOLDS = Thresholds()
KEPT = ("emergency", "report_condition", "handoff_to_human", "forget_me", "stop", "inform")
"""Intents whose actions matter more than any fact."""
MISTAKEN = {"ask_services": 0.70, "handoff_to_human": 0.85}
"""Score from which a fact wins against intents that "do you treat ..." and "who hands out ..." are mistaken for."""
KEPT_KINDS = ("abuse", "sexual", "prompt_injection", "other_language", "gibberish")
"""Kinds of out-of-scope for which the same is true."""


def chosen(
    scored: Sequence[Scored], read: Reading, silent: Collection[str] = (), at: Thresholds = THRESHOLDS
) -> Scored | None:
    """Return the fact that answers a message; None if its label does.

    Args:
        scored: all facts and overviews, the best first.
        read: the classifier's result.
        silent: the facts that say that the guide leaves a point open.
        at: the minimum scores.
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
            # A specific out-of-scope kind says as well as a silent fact that the guide does not cover it.
            least = math.inf if best.asks in silent else at.sure_outside
    return best if best.is_fact and best.score >= least else None
