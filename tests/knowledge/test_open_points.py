"""Open points are recognised by the question, and never if the answer covers them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.knowledge import Facts, load_facts, open_points
from lamoon.knowledge.open_points import asks_measure, open_point, things_asked

SERIES = "A series of sessions over a few weeks."
HANDS = "The therapist uses hands, knuckles, or even elbows."
STUDY = "The study is from 1980: 80% of the patients reported relief."


@pytest.mark.parametrize(
    ("question", "answer", "point"),
    [
        ("how many sessions is that", SERIES, "number"),
        ("how many weeks is that", SERIES, ""),
        ("how many patients felt better", STUDY, ""),
        ("how many doctors took part", STUDY, "number"),
        ("how many patients took part", STUDY, "number"),
        ("and how many men in it", STUDY, "number"),
        ("how many got better in that study", STUDY, ""),
        ("what size should it be", HANDS, "number"),
        ("how big is it", "It is a small nodule.", ""),
        ("how many causes are there", "Injury, strain and stress.", ""),
        ("how old was she then", STUDY, "detail"),
        ("how old is that study", STUDY, ""),
        ("how long does a hold take", HANDS, "time"),
        ("how long does a hold take", "For 3 to 5 minutes.", ""),
        ("how often should I do it", "Gentle rolling is a fine daily habit.", ""),
        ("which university was that", STUDY, "detail"),
        ("what did Dr Still write", STUDY, "detail"),
        ("is it still done", STUDY, ""),
        ("is it better than swimming lessons", HANDS, "comparison"),
        ("is it better than using elbows", HANDS, ""),
        ("is it better than before", HANDS, ""),
        ("should I take a warm or a frozen one", HANDS, "comparison"),
        ("which is better, a therapist or a roller", HANDS, ""),
        ("do you use knuckles or elbows", HANDS, ""),
        ("would cupping do the same", HANDS, "thing"),
        ("what about a sauna first", HANDS, "thing"),
        ("I do yoga, what happens in a session", HANDS, ""),
        ("after yoga my back is stiff", HANDS, ""),
        ("how is it done", HANDS, ""),
    ],
)
def test_what_an_answer_leaves_open(question: str, answer: str, point: str) -> None:
    assert open_point(question, answer) == point


@pytest.mark.parametrize("question", ["how many", "for how long", "what percentage gets better", "how heavy is it"])
def test_a_question_for_a_number_or_a_time(question: str) -> None:
    assert asks_measure(question)
    assert not asks_measure("does it hurt")


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts()


def test_the_questions_of_a_fact_are_answered_by_it(facts: Facts) -> None:
    asked = [(question, fact.text) for fact in facts.by_id.values() if not fact.silent for question in fact.questions]
    left_open = [question for question, text in asked if open_point(question, text)]
    assert len(left_open) <= len(asked) // 50, left_open


def test_things_that_the_guide_does_not_mention_are_in_no_answer(facts: Facts) -> None:
    said = " ".join(fact.text for fact in facts.by_id.values() if not fact.silent)
    assert not list(open_points._things().finditer(said))


def test_a_thing_is_named_as_it_was_asked() -> None:
    assert list(things_asked("Is Kinesiology Tape or a sauna any good?")) == ["kinesiology tape", "sauna"]


def test_a_broken_file_of_things_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "things.yml"
    broken.write_text("gadgets: sauna\n", encoding="utf-8")
    monkeypatch.setattr(open_points, "THINGS_FILE", broken)
    open_points._things.cache_clear()
    with pytest.raises(KnowledgeError, match=r"things\.yml"):
        list(things_asked("a sauna?"))
    open_points._things.cache_clear()
