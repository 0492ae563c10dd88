from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.checks.project import Project
from tools.checks.responses import check_answers

Break = Callable[[str, str, str], Project]
BEGINNINGS = '\n\nBEGINNINGS = "utter_greet_", "utter_faq_"\n'
SAYS = '\n\nSAYS = "utter_greet"\n'


def test_good_project_is_green(project: Project) -> None:
    assert check_answers(project) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "what"),
    [
        ("data/responses/all.yml", "utter_faq/wind", "utter_faq/storm", "faq/wind has no answer"),
        ("data/responses/all.yml", "utter_faq/wind", "utter_faq/storm", "utter_faq/storm answers no phrases"),
        ("data/rules.yml", "utter_stopped", "utter_halted", "uses utter_halted, which is not defined"),
        ("data/rules.yml", "utter_stopped", "utter_greet", "utter_stopped is never used"),
        ("config.yml", "utter_unsure", "utter_lost", "uses utter_lost, which is not defined"),
        ("actions/action_fly.py", '"action_fly"', '"utter_flown"', "uses utter_flown, which is not defined"),
        ("actions/action_fly.py", '"action_fly"', '"action_glide"', "action_glide is not declared"),
        ("actions/action_fly.py", '"action_fly"', '"action_glide"', "holds the action action_glide"),
        (
            "domain.yml",
            "- action_fly",
            "- action_glide",
            "action_glide is declared but no class in actions/ has that name",
        ),
        ("domain.yml", "- action_fly", "- action_glide", "uses action_fly, which does not exist"),
        ("data/stories.yml", "action_fly", "action_glide", "uses action_glide, which does not exist"),
        ("domain.yml", "shall we fly", "\\n\\n  shall we fly", "utter_greet holds a blank line"),
        ("actions/action_fly.py", "return", 'return "Up\\n \\nand away" or', "a text holds a blank line"),
    ],
)
def test_one_fault(broken: Break, path: str, old: str, new: str, what: str) -> None:
    assert what in [problem.what for problem in check_answers(broken(path, old, new))]


def test_problem_names_file_and_line(broken: Break) -> None:
    (problem, *_) = check_answers(broken("data/rules.yml", "utter_stopped", "utter_halted"))
    assert (problem.file, problem.line) == ("data/rules.yml", 22)


@pytest.mark.parametrize("path", ["actions/words.py", "lamoon/kites/words.py"])
def test_response_that_only_code_names_is_used(broken: Break, path: str) -> None:
    project = broken("data/rules.yml", "utter_greet", "utter_unsure")
    unused = [
        problem.what for problem in check_answers(Project({**project.files, "data/stories.yml": "stories: []\n"}))
    ]
    assert unused == ["utter_greet is never used"]
    named = Project({**project.files, "data/stories.yml": "stories: []\n", path: SAYS})
    assert check_answers(named) == []


def test_words_of_a_docstring_or_of_the_checks_do_not_use_a_response(broken: Break) -> None:
    project = broken("data/rules.yml", "utter_stopped", "utter_greet")
    more = {"actions/words.py": '"""utter_stopped"""\n', "tools/checks/x.py": 'X = "utter_stopped"\n'}
    assert [problem.what for problem in check_answers(Project({**project.files, **more}))] == [
        "utter_stopped is never used"
    ]


def test_a_reason_why_an_answer_is_invalid_names_a_response(broken: Break) -> None:
    reason = 'def check(text):\n    return Invalid("too_windy")\n'
    (problem,) = check_answers(broken("lamoon/kites/words.py", "", reason))
    assert (problem.what, problem.line) == ("uses utter_invalid_too_windy, which is not defined", 2)
    text = '  utter_invalid_too_windy:\n    - text: "It is too windy."\n'
    said = broken("data/responses/all.yml", "", text)
    assert [problem.what for problem in check_answers(said)] == ["utter_invalid_too_windy is never used"]
    assert check_answers(Project({**said.files, "lamoon/kites/words.py": reason})) == []


def test_name_that_code_completes_must_begin_one_that_exists(broken: Break) -> None:
    assert check_answers(broken("actions/words.py", "", 'def say(topic):\n    return f"utter_faq/{topic}"\n')) == []
    (problem,) = check_answers(broken("actions/words.py", "", 'def say(topic):\n    return f"utter_fap/{topic}"\n'))
    assert problem.what == "uses utter_fap/, which is not defined"


def test_a_beginning_of_names_is_no_use_of_them_and_begins_at_least_one(project: Project) -> None:
    compared = Project({**project.files, "lamoon/kites/words.py": BEGINNINGS})
    assert [problem.what for problem in check_answers(compared)] == [
        "no response begins with utter_greet_",
        "no response begins with utter_faq_",
    ]
