"""Rasa's own end-to-end test of the dialogue; and that it goes red."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.launch.model_file import newest_model
from lamoon.settings import PROJECT
from stories.rasa_core import play_stories, problem_of, story_names

STORIES = Path(__file__).parent / "test_stories.yml"
WRONG = """
version: "3.1"
stories:
  - story: Greeted with a farewell
    steps:
      - user: hey there
        intent: greet
      - action: utter_goodbye
"""


@pytest.fixture(scope="module")
def model() -> Path:
    try:
        return newest_model()
    except FileNotFoundError as problem:
        pytest.fail(str(problem), pytrace=False)


def test_every_story_and_rule_has_a_test_story() -> None:
    tested = story_names(STORIES)
    assert len(tested) == len(set(tested))
    stories = story_names(PROJECT / "data" / "stories.yml")
    rules = story_names(PROJECT / "data" / "rules.yml", "rules", "rule")
    assert set(stories) | set(rules) == set(tested)


def test_the_stories_pass(model: Path, tmp_path: Path) -> None:
    outcome = play_stories(STORIES, model, tmp_path)
    assert outcome.passed, outcome.problem


def test_a_wrong_story_is_red(model: Path, tmp_path: Path) -> None:
    (tmp_path / "test_wrong.yml").write_text(WRONG, encoding="utf-8")
    outcome = play_stories(tmp_path / "test_wrong.yml", model, tmp_path)
    assert not outcome.passed
    assert outcome.exit_code != 0
    assert "utter_goodbye" in outcome.problem, "the message must show the story"


def test_no_model_is_red_although_rasa_is_content(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    outcome = play_stories(STORIES, tmp_path / "models", tmp_path)
    assert not outcome.passed
    assert "nothing was tested" in outcome.problem
    assert outcome.exit_code == 0, "Rasa has learnt to fail without a model: this check can be simpler"


def test_a_model_that_does_not_exist_is_red(tmp_path: Path) -> None:
    outcome = play_stories(STORIES, tmp_path / "none.tar.gz", tmp_path)
    assert not outcome.passed
    assert "There is no model" in outcome.problem


@pytest.mark.parametrize(
    ("exit_code", "correct", "told"),
    [(0, 46, ""), (1, 46, "wrong prediction"), (0, 0, "0 stories were right"), (0, None, "no report")],
)
def test_only_a_full_report_counts(exit_code: int, correct: int | None, told: str) -> None:
    problem = problem_of(exit_code, correct, 46)
    assert told in problem
    assert bool(problem) is bool(told)
