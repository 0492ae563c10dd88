"""The scorer of facts, on made-up vectors, and when a fact answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lamoon.understanding.encoder import Vectors
from lamoon.understanding.fact_scorer import Asked, Example, FactScorer, Scored, chosen
from lamoon.understanding.followups import Reading

EXAMPLES = (
    Example("cost"),
    Example("cost/why"),
    Example("cost/why"),
    Example("cost/tool"),
    Example("cost/tool", in_context=True),
    Example("history/when"),
)


def vector(*values: float) -> Vectors:
    row = np.array(values, dtype=np.float32)
    return row / np.linalg.norm(row)


VECTORS = np.stack(
    [
        vector(1, 0, 0, 0),
        vector(0, 1, 0, 0),
        vector(0, 1, 0.2, 0),
        vector(0, 0, 1, 0),
        vector(1, 0, 1, 0),
        vector(0, 0, 0, 1),
    ]
)


def asked(vector: Vectors, **words: float) -> Asked:
    return Asked(vector, words)


@pytest.fixture
def scorer() -> FactScorer:
    return FactScorer.train(EXAMPLES, VECTORS)


def test_the_nearest_entry_scores_best(scorer: FactScorer) -> None:
    for asks, place in (("cost", 0), ("cost/why", 1), ("cost/tool", 3), ("history/when", 5)):
        scored = scorer.scores(asked(VECTORS[place]), {})
        assert scored[0].asks == asks
        assert [one.score for one in scored] == sorted((one.score for one in scored), reverse=True)
        assert len(scored) == 4


def test_the_classifiers_topic_counts_a_little(scorer: FactScorer) -> None:
    between = vector(0, 0, 1, 1)
    assert scorer.scores(asked(between), {"cost": 1.0})[0].topic == "cost"
    assert scorer.scores(asked(between), {"history": 1.0})[0].topic == "history"
    assert scorer.scores(asked(VECTORS[5]), {"cost": 1.0})[0].topic == "history"


def test_shared_words_count(scorer: FactScorer) -> None:
    between = vector(0, 1, 1, 0)
    for entry in ("cost/why", "cost/tool"):
        assert scorer.scores(Asked(between, {entry: 1.0}), {})[0].asks == entry


def test_what_was_saved_scores_the_same(scorer: FactScorer, tmp_path: Path) -> None:
    scorer.save(tmp_path)
    loaded = FactScorer.load(tmp_path)
    for row in VECTORS:
        before, after = scorer.scores(asked(row), {"cost": 0.5}), loaded.scores(asked(row), {"cost": 0.5})
        assert [one.asks for one in before] == [one.asks for one in after]
        assert np.allclose([one.score for one in before], [one.score for one in after], atol=1e-3)


def scored(asks: str, score: float) -> list[Scored]:
    return [Scored(asks, score), Scored("cost/why", 0.26), Scored("cost", 0.2)]


@pytest.mark.parametrize(
    ("label", "confidence", "asks", "score", "expected"),
    [
        ("faq/history", 0.95, "history/when", 0.3, "history/when"),
        ("faq/history", 0.95, "history/when", 0.2, None),
        ("faq/history", 0.95, "history", 0.9, None),
        ("faq/history", 0.5, "smr_tools/ball", 0.4, "smr_tools/ball"),
        ("faq/cost", 0.95, "smr_tools/ball", 0.95, "smr_tools/ball"),
        ("faq/cost", 0.95, "smr_tools/ball", 0.8, "cost/why"),
        ("faq/cost", 0.95, "smr_tools/ball", 0.5, "cost/why"),
        ("nlu_fallback", 0.1, "smr_tools/ball", 0.45, "smr_tools/ball"),
        ("nlu_fallback", 0.1, "smr_tools/ball", 0.3, None),
        ("faq/cost", 0.3, "smr_tools/ball", 0.3, None),
        ("out_of_scope/parking", 0.6, "smr_tools/ball", 0.45, "smr_tools/ball"),
        ("out_of_scope/parking", 0.9, "smr_tools/ball", 0.5, None),
        ("out_of_scope/parking", 0.9, "smr_tools/ball", 0.7, "smr_tools/ball"),
        ("out_of_scope/parking", 0.9, "smr_tools/brands", 0.9, None),
        ("out_of_scope/abuse", 0.5, "smr_tools/ball", 0.9, None),
        ("help", 0.5, "smr_tools/ball", 0.4, "smr_tools/ball"),
        ("help", 0.6, "smr_tools/ball", 0.9, None),
        ("emergency", 0.3, "smr_tools/ball", 0.9, None),
        ("report_condition", 0.3, "smr_tools/ball", 0.9, None),
        ("handoff_to_human", 0.3, "smr_tools/ball", 0.6, None),
        ("handoff_to_human", 0.9, "smr_tools/ball", 0.9, "smr_tools/ball"),
        ("ask_services", 0.9, "smr_tools/ball", 0.6, None),
        ("ask_services", 0.9, "smr_tools/ball", 0.9, "smr_tools/ball"),
    ],
)
def test_when_a_fact_answers(label: str, confidence: float, asks: str, score: float, expected: str | None) -> None:
    found = chosen(scored(asks, score), Reading("words", label, confidence), {"smr_tools/brands"})
    assert (found.asks if found else None) == expected


def test_without_facts_nothing_is_chosen() -> None:
    assert chosen([], Reading("words", "faq/cost", 0.9)) is None


def test_a_follow_up_gets_what_it_adds_to_the_previous_question(scorer: FactScorer) -> None:
    """Behind a question about one fact, words that are between two facts mean the other one."""
    says_little, both = asked(vector(1, 1, 1, 1)), asked(vector(0, 1, 1, 0))
    for previous, wanted in ((VECTORS[1], "cost/tool"), (VECTORS[3], "cost/why")):
        found = scorer.follow_up_scores(says_little, asked(previous), both, "cost", (), {})
        assert found[0].asks == wanted
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_the_topic_that_was_discussed_decides_between_equals(scorer: FactScorer) -> None:
    between = asked(vector(1, 0, 0, 1))
    nothing = asked(np.zeros(4, dtype=np.float32))
    for topic in ("cost", "history"):
        assert scorer.follow_up_scores(between, nothing, between, topic, (), {})[0].topic == topic
