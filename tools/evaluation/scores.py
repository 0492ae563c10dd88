"""Figures from parse results, independent of Rasa."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lamoon.contract import TOPIC_INTENT
from tools.labelled import GROUPS, Group, Question
from tools.markdown import table
from tools.threshold import Threshold

FALLBACK = "nlu_fallback"
REFUSALS = (FALLBACK, "out_of_scope")
SLICES = {"lay": 0.86, "typo": 0.92}
"""Minimum share right by style of the question."""


@dataclass(frozen=True)
class Outcome:
    """One question and its classification.

    Attributes:
        question: with its right labels.
        label: the topic or intent that decided the reply; `nlu_fallback` where the assistant asked back.
        best: the most likely label, even if it asked back.
        confidence: in `best`, 0 to 1.
        nearest: the three likeliest topics.
    """

    question: Question
    label: str
    best: str
    confidence: float
    nearest: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the reply is one of the right ones."""
        return self.label in self.question.labels

    @property
    def wrong(self) -> bool:
        """Whether it answered confidently and wrongly, the worst case."""
        return not self.right and self.label not in REFUSALS

    @property
    def refused(self) -> bool:
        """Whether it gave no answer of the guide: out of scope, or asked back."""
        return self.right or self.label in REFUSALS


def outcome(question: Question, parsed: Mapping[str, Any]) -> Outcome:
    """Read a parse result as a client of `/model/parse` would."""
    intent = parsed["intent"]["name"]
    ranking = [entry["name"] for entry in parsed.get("intent_ranking", []) if entry["name"] != FALLBACK]
    best = intent if intent != FALLBACK else (ranking[0] if ranking else FALLBACK)
    return Outcome(
        question, _label(intent, parsed), _label(best, parsed), float(parsed["intent"]["confidence"]), _nearest(parsed)
    )


def _nearest(parsed: Mapping[str, Any]) -> tuple[str, ...]:
    ranking = parsed.get("response_selector", {}).get(TOPIC_INTENT, {}).get("ranking", [])
    return tuple(entry["intent_response_key"] for entry in ranking[:3])


def _label(intent: str | None, parsed: Mapping[str, Any]) -> str:
    if intent == TOPIC_INTENT:
        return str(parsed["response_selector"][TOPIC_INTENT]["response"]["intent_response_key"])
    return intent or FALLBACK


@dataclass(frozen=True)
class Figure:
    """A share: `hits` of `total`, with a 95 % Wilson interval."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        """0 to 1; 0 if there is nothing."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson score interval at 95 % (E. B. Wilson 1927)."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.96, self.total, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return float(max(0.0, middle - half)), float(min(1.0, middle + half))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.3f} ({self.hits}/{self.total}, {low:.2f} to {high:.2f})"


def figure_table(head: str, figures: Mapping[str, Figure], right: str = "right") -> str:
    """Return a table of shares by name."""
    return table((head, right), ((name, str(figure)) for name, figure in figures.items()))


def by_group(outcomes: Sequence[Outcome]) -> dict[Group, Figure]:
    """Return right (topics and intents) or refused (out of scope) answers by group."""
    figures = {}
    for group in GROUPS:
        own = [o for o in outcomes if o.question.group == group]
        hits = sum(o.refused if group in ("near", "far") else o.right for o in own)
        figures[group] = Figure(hits, len(own))
    return figures


def confidently_wrong(outcomes: Sequence[Outcome]) -> Figure:
    """Return the share of topic questions with a wrong answer instead of a right one or a question back."""
    own = [o for o in outcomes if o.question.group in ("real", "written")]
    return Figure(sum(o.wrong for o in own), len(own))


def turned_away(outcomes: Sequence[Outcome]) -> Figure:
    """Return the share of questions in scope with neither a right nor a wrong answer."""
    own = [o for o in outcomes if o.question.group in ("real", "written", "other")]
    return Figure(sum(not o.right and o.label in REFUSALS for o in own), len(own))


def in_top_three(outcomes: Sequence[Outcome]) -> Figure:
    """Return the share of topic questions whose right topic is among the three most likely."""
    own = [o for o in outcomes if o.question.group in ("real", "written")]
    return Figure(sum(o.right or not set(o.nearest).isdisjoint(o.question.labels) for o in own), len(own))


def by_slice(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return right answers to questions in scope, by style."""
    own = [o for o in outcomes if o.question.group in ("real", "written", "other")]
    return {
        name: Figure(sum(o.right for o in own if name in o.question.slices), count)
        for name, count in sorted(Counter(name for o in own for name in o.question.slices).items())
    }


def by_voice(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return right answers, and refusals of out-of-scope questions, by voice."""
    return {
        voice: Figure(
            sum(
                o.right or (o.question.group in ("near", "far") and o.refused)
                for o in outcomes
                if o.question.voice == voice
            ),
            count,
        )
        for voice, count in sorted(Counter(o.question.voice for o in outcomes if o.question.voice).items())
    }


def by_label(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return right answers by the first right label."""
    labels = sorted({o.question.labels[0] for o in outcomes})
    return {
        label: Figure(sum(o.right for o in outcomes if o.question.labels[0] == label), count)
        for label, count in sorted(Counter(o.question.labels[0] for o in outcomes).items())
        if label in labels
    }


def confusion(outcomes: Sequence[Outcome]) -> tuple[list[str], npt.NDArray[np.int_]]:
    """Return the labels and the confusion matrix: rows are right labels, columns predicted ones."""
    pairs = [(o.question.labels[0], o.question.labels[0] if o.right else o.label) for o in outcomes]
    labels = sorted({label for pair in pairs for label in pair})
    table = np.zeros((len(labels), len(labels)), dtype=int)
    for expected, got in pairs:
        table[labels.index(expected), labels.index(got)] += 1
    return labels, table


def reliability(outcomes: Sequence[Outcome], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return mean confidence, share right and count in each non-empty tenth of confidence."""
    rows = []
    for number in range(bins):
        own = [o for o in outcomes if min(int(o.confidence * bins), bins - 1) == number]
        if own:
            right = sum(o.best in o.question.labels for o in own)
            rows.append((sum(o.confidence for o in own) / len(own), right / len(own), len(own)))
    return rows


def understanding_thresholds(outcomes: Sequence[Outcome]) -> list[Threshold]:
    """Return the project's targets for understanding; those for an empty slice are left out."""
    figures, slices = by_group(outcomes), by_slice(outcomes)
    return [
        Threshold("topic right, as real visitors ask", figures["real"].share, 0.90),
        Threshold("topic right, as typed in chat", figures["written"].share, 0.94),
        *(Threshold(f"right, {name}", slices[name].share, demand) for name, demand in SLICES.items() if name in slices),
        Threshold("right topic among the three likeliest", in_top_three(outcomes).share, 0.97),
        Threshold("confidently wrong", confidently_wrong(outcomes).share, 0.05, at_most=True),
        Threshold("other intents right", figures["other"].share, 0.93),
        Threshold("far out of scope refused", figures["far"].share, 0.97),
        Threshold("near out of scope refused", figures["near"].share, 0.88),
        Threshold("in scope, turned away", turned_away(outcomes).share, 0.06, at_most=True),
    ]
