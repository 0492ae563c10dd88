from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lamoon.booking.form import QUESTIONS, Question
from lamoon.booking.readers import reads_name
from lamoon.intents import shared_intents
from tools.checks.intents import compare_questions
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]
LIST = "intent: [affirm, inform, nlu_fallback]"
ASKED = {"visitor_name": Question("visitor_name", reads_name, forms=("kite_form",), has_hint=False)}  # type: ignore[arg-type]


def test_complete_list_is_green(project: Project) -> None:
    assert compare_questions(project, ASKED) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (LIST, LIST.replace("affirm", "affirm, stop"), 14, "visitor_name would take a message of stop as its answer"),
        (f"        {LIST}\n", "", 14, "visitor_name would take a message of faq as its answer"),
        (LIST, LIST.replace("affirm, ", ""), 14, "visitor_name refuses affirm"),
        (LIST, "not_intent: [faq, out_of_scope, greet]", 14, "visitor_name would take a message of stop as its answer"),
        ("visitor_name:\n    type", "colour:\n    type", 11, "colour takes any text and is not a question"),
        ("required_slots: [visitor_name]", "required_slots: []", None, "kite_form does not ask for visitor_name"),
        ("required_slots: [", "required_slots: [colour, ", None, "kite_form asks for colour"),
    ],
)
def test_one_fault(broken: Break, old: str, new: str, line: int | None, what: str) -> None:
    found = [(problem.what, problem.line) for problem in compare_questions(broken("domain.yml", old, new), ASKED)]
    assert (what, line) in found


def test_refusing_all_interruptions_is_as_good_as_naming_all_answers(broken: Break) -> None:
    changed = broken("domain.yml", LIST, "not_intent: [faq, out_of_scope, greet, stop]")
    assert compare_questions(changed, ASKED) == []


def test_single_name_counts_as_a_list(broken: Break) -> None:
    found = [problem.what for problem in compare_questions(broken("domain.yml", LIST, "intent: inform"), ASKED)]
    assert found == ["visitor_name refuses affirm", "visitor_name refuses nlu_fallback"]


def test_a_new_intent_interrupts_without_a_word_in_the_domain(broken: Break) -> None:
    assert compare_questions(broken("domain.yml", "  - stop\n", "  - stop\n  - sing\n"), ASKED) == []


def test_a_question_without_a_hint_says_so(project: Project) -> None:
    asked = {"visitor_name": replace(ASKED["visitor_name"], has_hint=True)}
    (problem,) = compare_questions(project, asked)
    assert problem.expected == "a response utter_hint_visitor_name, or has_hint=False"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.slot)
def test_no_question_takes_a_stop_an_emergency_or_a_wish_to_be_forgotten(question: Question) -> None:
    assert not shared_intents().taken_by(question.takes) & {"emergency", "stop", "forget_me"}
