from __future__ import annotations

from collections.abc import Callable

import pytest

from lamoon.gates.not_intent import ABOUT_HEALTH, ANYTHING_TO_PASS_ON, QUESTION, check
from lamoon.gates.project import Project

Break = Callable[[str, str, str], Project]
LIST = "[faq, out_of_scope, greet, stop]"


def test_complete_list_is_green(project: Project) -> None:
    assert check(project) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (
            "  - stop\n",
            "  - stop\n  - sing\n",
            12,
            "nothing says whether sing interrupts the question for visitor_name",
        ),
        (LIST, "[faq, out_of_scope, greet]", 14, "visitor_name would take a message of stop as its answer"),
        (f"        not_intent: {LIST}\n", "", 14, "visitor_name would take a message of faq as its answer"),
        (LIST, LIST.replace("stop", "stop, affirm"), 14, "visitor_name refuses affirm"),
        ("visitor_name:\n    type", "colour:\n    type", 11, "colour takes any text and has no policy"),
    ],
)
def test_one_fault(broken: Break, old: str, new: str, line: int, what: str) -> None:
    found = [(problem.what, problem.line) for problem in check(broken("domain.yml", old, new))]
    assert (what, line) in found


def test_single_name_counts_as_a_list(broken: Break) -> None:
    found = [problem.what for problem in check(broken("domain.yml", LIST, "faq"))]
    assert "visitor_name would take a message of faq as its answer" not in found
    assert "visitor_name would take a message of stop as its answer" in found


@pytest.mark.parametrize("policy", [QUESTION, ABOUT_HEALTH, ANYTHING_TO_PASS_ON])
def test_policies_say_one_thing_of_each_intent(policy: object) -> None:
    assert isinstance(policy, type(QUESTION))
    assert not policy.interruptions & policy.answers
    assert policy.interruptions | policy.answers == QUESTION.interruptions | QUESTION.answers
    assert policy.interruptions >= {"emergency", "stop", "forget_me"}
