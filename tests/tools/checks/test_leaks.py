from __future__ import annotations

from collections.abc import Callable

import pytest

from lamoon.errors import ConfigurationError, EvaluationError
from tools.checks.duplicates import DEVELOPMENT, TEST, check_leaks
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]
PHRASE = "how strong blows wind one"
SETS = (*DEVELOPMENT, *TEST)


def test_good_project_is_green(project: Project) -> None:
    assert check_leaks(project) == []


@pytest.mark.parametrize("path", SETS)
@pytest.mark.parametrize("text", ["How strong, blows wind: ONE?", "how strong blows wind onee"], ids=["same", "near"])
def test_training_phrase_in_a_held_out_set(broken: Break, path: str, text: str) -> None:
    (problem,) = check_leaks(broken(path, "", f'{{"text": "{text}"}}\n'))
    assert (problem.file, problem.line) == ("data/nlu.yml", 5)
    assert f"{path}:2" in problem.what


@pytest.mark.parametrize("development", DEVELOPMENT)
@pytest.mark.parametrize("test", TEST)
def test_development_phrase_in_a_test_set(broken: Break, development: str, test: str) -> None:
    line = '{"text": "do kites dream of wind"}\n'
    project = broken(development, "", line)
    (problem,) = check_leaks(Project({**project.files, test: project.files[test] + line}))
    assert (problem.file, problem.line) == (development, 2)


@pytest.mark.parametrize("name", ["nlu_round1_2026-11-29", "safety_round12_2027-02-01"])
def test_training_or_development_phrase_in_a_round(broken: Break, name: str) -> None:
    line = '{"text": "do kites dream of wind"}\n'
    project = broken(DEVELOPMENT[0], "", line)
    lines = {f"tests/data/{name}.jsonl": line + f'{{"text": "{PHRASE}"}}\n'}
    problems = check_leaks(Project({**project.files, **lines}))
    assert {problem.file for problem in problems} == {"data/nlu.yml", DEVELOPMENT[0]}
    assert all(name in problem.what for problem in problems)


@pytest.mark.parametrize("name", ["conversation_safety_round1", "conversation_booking_round12"])
def test_training_or_development_phrase_in_the_conversations_of_a_round(broken: Break, name: str) -> None:
    project = broken(DEVELOPMENT[0], "", '{"text": "do kites dream of wind"}\n')
    turns = [PHRASE, "do kites dream of wind"]
    lines = ["dialogues:", "- id: one", "  turns:", *(f'  - {{user: "{text}", must: [kite]}}' for text in turns)]
    problems = check_leaks(Project({**project.files, f"tests/data/{name}.yml": "\n".join(lines)}))
    assert {problem.file for problem in problems} == {"data/nlu.yml", DEVELOPMENT[0]}
    assert all(f"{name}.yml:" in problem.what for problem in problems)


def test_short_answer_in_a_conversation_is_no_leak(broken: Break) -> None:
    project = broken("data/nlu.yml", PHRASE, "yes please send it")
    conversation = "dialogues:\n- turns:\n  - user: yes please send it\n"
    assert check_leaks(Project({**project.files, "tests/data/conversation_booking_round1.yml": conversation})) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("hi there", "Hi there!"), ("who flies these kites", "who flies these kitess")],
    ids=["one or two words", "near, but under five words"],
)
def test_what_everybody_writes_is_no_leak(broken: Break, ours: str, theirs: str) -> None:
    project = broken("data/nlu.yml", PHRASE, ours)
    path = DEVELOPMENT[0]
    assert check_leaks(Project({**project.files, path: project.files[path] + f'{{"text": "{theirs}"}}\n'})) == []


@pytest.mark.parametrize("line", ["{", "[]", '{"txt": "x"}'])
def test_unreadable_line_is_named(broken: Break, line: str) -> None:
    with pytest.raises(EvaluationError, match=f"{DEVELOPMENT[0]}, line 2:"):
        check_leaks(broken(DEVELOPMENT[0], "", line + "\n"))


@pytest.mark.parametrize("path", SETS)
def test_missing_set_is_named(project: Project, path: str) -> None:
    with pytest.raises(ConfigurationError, match=path):
        check_leaks(Project({name: text for name, text in project.files.items() if name != path}))


def test_a_question_of_a_fact_in_a_held_out_set(broken: Break) -> None:
    project = broken(DEVELOPMENT[0], "", '{"text": "do kites dream of wind"}\n')
    facts = "facts:\n  - id: dreams\n    questions: |\n      do kites dream of wind\n"
    (problem,) = check_leaks(Project({**project.files, "data/facts/kites.yml": facts}))
    assert (problem.file, problem.line) == ("data/facts/kites.yml", 4)
