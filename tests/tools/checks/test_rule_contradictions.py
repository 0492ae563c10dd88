from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.checks.project import Project
from tools.checks.rule_contradictions import check_rule_contradictions

Break = Callable[[str, str, str], Project]


def test_agreeing_rules_and_stories_are_green(project: Project) -> None:
    assert check_rule_contradictions(project) == []


def test_two_rules_that_answer_the_same_message_differently(broken: Break) -> None:
    rule = "  - rule: Greet twice\n    steps:\n      - intent: greet\n      - action: utter_stopped\n"
    problems = check_rule_contradictions(broken("data/rules.yml", "", rule))
    assert problems
    assert all("Greet" in problem.what for problem in problems)
    assert problems[0].file == "data/rules.yml"
    assert problems[0].line in (11, 23)


def test_story_that_contradicts_a_rule(broken: Break) -> None:
    (problem, *_) = check_rule_contradictions(
        broken("data/stories.yml", "action: utter_greet", "action: utter_stopped")
    )
    assert (problem.file, problem.line) == ("data/stories.yml", 3)


def test_two_stories_that_go_on_differently_from_the_same_place(broken: Break) -> None:
    story = STORY.replace("action_fly", "utter_stopped")
    problems = check_rule_contradictions(broken("data/stories.yml", "", story))
    assert any("conflict" in problem.what for problem in problems)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "      - action: utter_greet",
            "      - action: utter_greet\n      - intent: stop\n      - action: utter_stopped",
        ),
        ("intent: greet", "nothing: greet"),
    ],
    ids=["two messages in one rule", "unknown step"],
)
def test_rules_that_rasa_refuses(broken: Break, old: str, new: str) -> None:
    assert check_rule_contradictions(broken("data/rules.yml", old, new))


def test_domain_that_rasa_refuses(broken: Break) -> None:
    assert check_rule_contradictions(broken("domain.yml", "  - action_fly", "  - action_fly\n  - action_fly"))


STORY = """  - story: Yes to the greeting ends it
    steps:
      - intent: greet
      - action: utter_greet
      - intent: affirm
      - action: action_fly
"""
