"""Figures from parse results, held against published and hand-counted ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tools.evaluation.scores import (
    FALLBACK,
    Figure,
    Outcome,
    by_group,
    by_label,
    by_slice,
    confidently_wrong,
    confusion,
    in_top_three,
    outcome,
    reliability,
    turned_away,
)
from tools.labelled import Group, Question

MakeOutcome = Callable[..., Outcome]
ASKED = Question("does it hurt", ("faq/does_it_hurt",), "real")


def parsed(intent: str | None, *ranking: str, topic: str = "") -> dict[str, Any]:
    result: dict[str, Any] = {
        "intent": {"name": intent, "confidence": 0.7},
        "intent_ranking": [{"name": name, "confidence": 0.1} for name in ranking],
    }
    if topic:
        result["response_selector"] = {"faq": {"response": {"intent_response_key": topic}}}
    return result


@pytest.mark.parametrize(
    ("reading", "label", "best"),
    [
        (parsed("faq", "faq", "greet", topic="faq/cost"), "faq/cost", "faq/cost"),
        (parsed("greet", "greet", "faq", topic="faq/cost"), "greet", "greet"),
        (parsed("nlu_fallback", "nlu_fallback", "faq", topic="faq/cost"), FALLBACK, "faq/cost"),
        (parsed("nlu_fallback", "nlu_fallback", "greet", "faq", topic="faq/cost"), FALLBACK, "greet"),
        (parsed("nlu_fallback", "nlu_fallback"), FALLBACK, FALLBACK),
        (parsed("out_of_scope", "out_of_scope", topic="faq/cost"), "out_of_scope", "out_of_scope"),
        (parsed(None), FALLBACK, FALLBACK),
        ({"intent": {"name": "greet", "confidence": 1}}, "greet", "greet"),
    ],
)
def test_a_parse_result_is_read_as_a_client_would(reading: dict[str, Any], label: str, best: str) -> None:
    found = outcome(ASKED, reading)
    assert (found.label, found.best) == (label, best)
    assert found.confidence == reading["intent"]["confidence"]


@pytest.mark.parametrize(
    ("meant", "read", "right", "wrong", "refused"),
    [
        ("faq/cost", "faq/cost", True, False, True),
        ("faq/cost ask_prices", "ask_prices", True, False, True),
        ("faq/cost", "faq/history", False, True, False),
        ("faq/cost", "nlu_fallback", False, False, True),
        ("faq/cost", "out_of_scope", False, False, True),
        ("out_of_scope", "faq/cost", False, True, False),
        ("out_of_scope", "out_of_scope", True, False, True),
        ("out_of_scope greet", "greet", True, False, True),
    ],
)
def test_right_wrong_and_refused(
    make_outcome: MakeOutcome, meant: str, read: str, right: bool, wrong: bool, refused: bool
) -> None:
    one = make_outcome(meant, read)
    assert (one.right, one.wrong, one.refused) == (right, wrong, refused)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_that_newcombe_published(hits: int, total: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert Figure(hits, total).interval == pytest.approx((low, high), abs=0.0001)


@given(st.integers(1, 1000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    hits, total = counts
    low, high = Figure(hits, total).interval
    assert 0.0 <= low <= hits / total + 1e-12
    assert hits / total - 1e-12 <= high <= 1.0
    mirrored = Figure(total - hits, total).interval
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))


def test_a_figure_of_nothing_says_nothing() -> None:
    assert Figure(0, 0).share == 0.0
    assert Figure(0, 0).interval == (0.0, 1.0)


def test_a_figure_in_words() -> None:
    assert str(Figure(8, 10)) == "0.800 (8/10, 0.49 to 0.94)"


def test_groups_count_what_their_demand_is_about(make_outcome: MakeOutcome) -> None:
    outcomes = [
        make_outcome("faq/cost", "faq/cost", "real"),
        make_outcome("faq/cost", "nlu_fallback", "real"),
        make_outcome("faq/cost", "faq/history", "written"),
        make_outcome("greet", "greet", "other"),
        make_outcome("out_of_scope", "nlu_fallback", "near"),
        make_outcome("out_of_scope", "faq/cost", "near"),
        make_outcome("out_of_scope", "out_of_scope", "far"),
    ]
    expected: dict[Group, Figure] = {
        "real": Figure(1, 2),
        "written": Figure(0, 1),
        "other": Figure(1, 1),
        "near": Figure(1, 2),
        "far": Figure(1, 1),
    }
    assert by_group(outcomes) == expected


def test_only_topics_can_be_confidently_wrong(make_outcome: MakeOutcome) -> None:
    outcomes = [
        make_outcome("faq/cost", "faq/history", "real"),
        make_outcome("faq/cost", "nlu_fallback", "written"),
        make_outcome("faq/cost", "greet", "written"),
        make_outcome("greet", "goodbye", "other"),
        make_outcome("out_of_scope", "faq/cost", "far"),
    ]
    assert confidently_wrong(outcomes) == Figure(2, 3)


def test_labels_count_by_their_first_choice(make_outcome: MakeOutcome) -> None:
    outcomes = [
        make_outcome("faq/cost ask_prices", "ask_prices"),
        make_outcome("faq/cost", "greet"),
        make_outcome("ask_prices faq/cost", "nlu_fallback"),
    ]
    assert by_label(outcomes) == {"ask_prices": Figure(0, 1), "faq/cost": Figure(1, 2)}


def test_the_confusion_counts_every_question_once(make_outcome: MakeOutcome) -> None:
    outcomes = [
        make_outcome("b a", "a"),
        make_outcome("b", "a"),
        make_outcome("b", "c"),
        make_outcome("a", "a"),
    ]
    labels, table = confusion(outcomes)
    assert labels == ["a", "b", "c"]
    np.testing.assert_array_equal(table, [[1, 0, 0], [1, 1, 1], [0, 0, 0]])


def test_reliability_compares_confidence_with_the_likeliest_label(make_outcome: MakeOutcome) -> None:
    outcomes = [
        make_outcome("a", "nlu_fallback", best="a", confidence=0.32),
        make_outcome("a", "nlu_fallback", best="b", confidence=0.38),
        make_outcome("a", "a", confidence=1.0),
        make_outcome("a", "a", confidence=0.95),
    ]
    rows = reliability(outcomes)
    assert [row[2] for row in rows] == [2, 2]
    assert rows[0] == pytest.approx((0.35, 0.5, 2))
    assert rows[1] == pytest.approx((0.975, 1.0, 2))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@example([number / 10 for number in range(11)])
@example([float(np.nextafter(number / 10, side)) for number in range(1, 10) for side in (0, 1)])
def test_reliability_counts_every_question_once(make_outcome: MakeOutcome, confidences: list[float]) -> None:
    rows = reliability([make_outcome("a", "a", confidence=value) for value in confidences])
    assert sum(count for _, _, count in rows) == len(confidences)


def test_nothing_measured_gives_empty_figures() -> None:
    assert all(figure == Figure(0, 0) for figure in by_group([]).values())
    assert by_label([]) == {}
    assert reliability([]) == []
    assert confidently_wrong([]) == Figure(0, 0)
    assert confusion([])[0] == []


def test_turned_away_counts_questions_in_scope_only(make_outcome: MakeOutcome) -> None:
    outcomes = [
        make_outcome("faq/cost", "nlu_fallback"),
        make_outcome("faq/cost", "out_of_scope", "written"),
        make_outcome("faq/cost", "faq/history"),
        make_outcome("greet", "greet", "other"),
        make_outcome("out_of_scope", "nlu_fallback", "near"),
    ]
    assert (turned_away(outcomes).hits, turned_away(outcomes).total) == (2, 4)


def test_a_topic_among_the_three_likeliest_counts_also_where_it_asked_back(make_outcome: MakeOutcome) -> None:
    asked = make_outcome("faq/cost", "nlu_fallback")
    near, far = replace(asked, nearest=("faq/history", "faq/cost")), replace(asked, nearest=("faq/history",))
    assert (in_top_three([near, far]).hits, in_top_three([near, far]).total) == (1, 2)


def test_slices_are_scored_one_by_one(make_outcome: MakeOutcome) -> None:
    def written(how: tuple[str, ...], read: str) -> Outcome:
        made = make_outcome("faq/cost", read)
        return replace(made, question=replace(made.question, slices=how))

    figures = by_slice([written(("lay", "typo"), "faq/cost"), written(("lay",), "faq/history")])
    assert {name: (figure.hits, figure.total) for name, figure in figures.items()} == {"lay": (1, 2), "typo": (1, 1)}
