"""Sentences that were right once and must stay right, each a separate test."""

from __future__ import annotations

import pytest

from lamoon.settings import PROJECT
from lamoon.text.clean import phrase_key
from tools.checks.project import load_project
from tools.evaluation.parser import Parse
from tools.evaluation.scores import outcome
from tools.labelled import Question, read_questions

QUESTIONS = read_questions(PROJECT / "tests" / "data" / "nlu_regressions.jsonl")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_what_was_right_stays_right(trained_parser: Parse, question: Question) -> None:
    parsed = trained_parser(question.text)
    read = outcome(question, parsed)
    assert read.label in question.labels, f"read as {read.label} ({read.best}, {read.confidence:.2f})"
    assert len(parsed["questions"]) < 2, f"split into {parsed['questions']}"


def test_no_training_phrase_is_one_of_them() -> None:
    phrases = {phrase_key(phrase.text) for phrase in load_project(PROJECT).assistant.phrases}
    assert len(phrases) > 1000
    assert {question.text for question in QUESTIONS if phrase_key(question.text) in phrases} == set()
