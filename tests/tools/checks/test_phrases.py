from __future__ import annotations

import pytest

from tools.checks.project import Project
from tools.checks.responses import check_phrases

SENTENCE = "Please fly a kite with us."


def found(code: str, path: str = "lamoon/kites/words.py") -> list[int | None]:
    return [problem.line for problem in check_phrases(Project({path: code}))]


def test_good_project_is_green(project: Project) -> None:
    assert check_phrases(project) == []


@pytest.mark.parametrize(
    "code",
    [
        f'WORDS = "{SENTENCE}"',
        'WORDS = "Please fly. {name}"',
        'WORDS = f"Hello {name}, shall we fly a kite?"',
        'WORDS = f"Did you mean a kite: {name}"',
        f'def words():\n    """Says it."""\n    return {{"text": "{SENTENCE}"}}',
        f'raise ApiError(404, "gone", "{SENTENCE}")',
        f'dispatcher.utter_message(text="{SENTENCE}")',
    ],
)
def test_a_planted_sentence_is_found(code: str) -> None:
    assert len(found(code)) == 1
    assert len(found(code, "actions/action_fly.py")) == 1


@pytest.mark.parametrize(
    "code",
    [
        f'"""{SENTENCE}"""',
        f'KITES = 3\n"""{SENTENCE}"""',
        f'def words():\n    """{SENTENCE}"""',
        f'log.warning("{SENTENCE}")',
        f'print("{SENTENCE}")',
        f'raise ValueError("{SENTENCE}")',
        f'class Error(Exception):\n    def __init__(self):\n        super().__init__("{SENTENCE}")',
        f'class Channel:\n    async def check(self):\n        return "{SENTENCE}"',
        'WORDS = "LAMOON_KITES is missing. Please set it."',
        'NAME = "utter_greet"',
        'WORDS = "a kite, a line"',
        'WORDS = "Too few."',
    ],
)
def test_what_no_visitor_reads_is_left_alone(code: str) -> None:
    assert found(code) == []


def test_words_for_the_team_may_stay() -> None:
    assert found(f'WORDS = "{SENTENCE}"', "lamoon/desk/words.py") == []
