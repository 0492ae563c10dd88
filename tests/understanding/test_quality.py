"""The trained model on questions it has never seen: no figure falls behind what was reached.

That is not to say that every demand is met: those named in `REACHED` are missed, or met by less than the few questions that
another training run may move. `make evaluate` holds the figures against the demands themselves, and is red.
"""

from __future__ import annotations

from typing import Any

import pytest

from lamoon.settings import PROJECT
from tools.evaluation.parser import Parse
from tools.evaluation.scores import SLICES, Outcome, outcome, understanding_thresholds
from tools.labelled import Question, read_questions
from tools.threshold import Threshold

QUESTIONS = PROJECT / "tests" / "data" / "nlu_test.jsonl"
# A margin of two or three questions below the figure of the day, of 112 to 438; of the 24 with typos, of one.
REACHED = {
    "topic right, as real visitors ask": 0.86,
    "topic right, as typed in chat": 0.84,
    "right, typo": 0.83,
    "confidently wrong": 0.085,
    "other intents right": 0.89,
    "far out of scope refused": 0.94,
    "in scope, turned away": 0.08,
}
WRONGLY_SPLIT = 0.02
DEMANDS = [*(threshold.name for threshold in understanding_thresholds([])), *(f"right, {name}" for name in SLICES)]


@pytest.fixture(scope="session")
def parsed(trained_parser: Parse) -> list[tuple[Question, dict[str, Any]]]:
    """Each test question, and what the newest model reads in it."""
    return [(question, trained_parser(question.text)) for question in read_questions(QUESTIONS)]


@pytest.fixture(scope="session")
def outcomes(parsed: list[tuple[Question, dict[str, Any]]]) -> list[Outcome]:
    """The newest model's outcome for each test question."""
    return [outcome(question, read) for question, read in parsed]


@pytest.fixture(scope="session")
def thresholds(outcomes: list[Outcome]) -> dict[str, Threshold]:
    """Every demand with its figure."""
    return {threshold.name: threshold for threshold in understanding_thresholds(outcomes)}


@pytest.mark.parametrize("demand", DEMANDS)
def test_no_figure_falls_behind_what_was_reached(thresholds: dict[str, Threshold], demand: str) -> None:
    reached = Threshold(
        demand, thresholds[demand].figure, REACHED.get(demand, thresholds[demand].demand), thresholds[demand].at_most
    )
    assert reached.held, str(reached)


def test_single_questions_stay_whole(parsed: list[tuple[Question, dict[str, Any]]]) -> None:
    split = sum(len(read["questions"]) > 1 for _, read in parsed)
    assert split / len(parsed) <= WRONGLY_SPLIT


def test_every_topic_is_understood_more_often_than_not(outcomes: list[Outcome]) -> None:
    topics = {one.question.labels[0] for one in outcomes if one.question.labels[0].startswith("faq/")}
    assert len(topics) == 28
    shares = {}
    for topic in topics:
        own = [one.right for one in outcomes if one.question.labels[0] == topic]
        shares[topic] = sum(own) / len(own)
    assert {topic: share for topic, share in shares.items() if share < 0.5} == {}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("How Is This Different From Deep Tissue Massage?", "mfr_vs_deep_tissue"),
        ("How is myofascial release different from a deep tissue massage?", "mfr_vs_deep_tissue"),
        ("How Soon Will I Feel Results?", "how_soon_results"),
        ("how soon does MFR work", "how_soon_results"),
        ("Can I Do Self-Myofascial Release Daily?", "daily_smr"),
        ("Can I do self-myofascial release every day?", "daily_smr"),
    ],
)
def test_the_three_questions_of_the_guide_are_understood(trained_parser: Parse, text: str, topic: str) -> None:
    parsed = trained_parser(text)
    assert parsed["intent"]["name"] == "faq"
    assert parsed["response_selector"]["faq"]["response"]["intent_response_key"] == f"faq/{topic}"


def test_the_same_question_is_read_the_same_every_time(trained_parser: Parse, outcomes: list[Outcome]) -> None:
    again = [outcome(one.question, trained_parser(one.question.text)) for one in outcomes[::20]]
    assert again == outcomes[::20]
