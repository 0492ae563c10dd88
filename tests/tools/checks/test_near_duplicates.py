from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.checks.duplicates import check_near_duplicates
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]
FIRST = "how strong blows wind one"


def test_good_project_is_green(project: Project) -> None:
    assert check_near_duplicates(project) == []


@pytest.mark.parametrize(
    ("copy", "what"),
    [
        ("How STRONG blows-wind, one?", "stands already in data/nlu.yml:5 (faq/wind)"),
        ("how strong blows winds one", "is nearly 'how strong blows wind one' (faq/wind, data/nlu.yml:5)"),
        ("one wind blows how strongg", "is nearly 'how strong blows wind one' (faq/wind, data/nlu.yml:5)"),
    ],
    ids=["same words", "one letter", "other order"],
)
def test_phrase_under_two_labels(broken: Break, copy: str, what: str) -> None:
    problems = check_near_duplicates(broken("data/nlu.yml", "hello there my friend one", copy))
    assert any(what in problem.what and problem.line == 59 for problem in problems)


def test_same_phrase_twice_under_one_label(broken: Break) -> None:
    (problem,) = check_near_duplicates(broken("data/nlu.yml", "how strong blows wind two", FIRST.upper()))
    assert problem.line == 6


def test_likeness_under_one_label_and_of_two_words_is_fine(broken: Break) -> None:
    project = broken("data/nlu.yml", "how strong blows wind two", "how strong blows winds one")
    assert check_near_duplicates(project) == []
    short = broken("data/nlu.yml", FIRST, "windsurfing kites")
    files = {**short.files, "data/nlu.yml": short.files["data/nlu.yml"].replace("my friend one", "", 1)}
    files["data/nlu.yml"] = files["data/nlu.yml"].replace("- hello there \n", "- windsurfing kite\n")
    assert check_near_duplicates(Project(files)) == []


def test_words_alone_tell_emoji_and_punctuation_apart(broken: Break) -> None:
    project = broken("data/nlu.yml", FIRST, "\U0001f44d")
    files = {**project.files, "data/nlu.yml": project.files["data/nlu.yml"].replace("hello there my friend one", "?!")}
    assert check_near_duplicates(Project(files)) == []
