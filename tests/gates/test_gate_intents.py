from __future__ import annotations

from collections.abc import Callable

import pytest

from lamoon.errors import ConfigurationError
from lamoon.gates.intents import FEWEST_KINDS, check
from lamoon.gates.project import Project

Break = Callable[[str, str, str], Project]


def test_good_project_is_green(project: Project) -> None:
    assert check(project) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "what"),
    [
        ("data/nlu.yml", "    - hello there my friend one\n", "", 59, "greet has 24 phrases"),
        ("data/nlu.yml", "    - how strong blows wind one\n", "", 5, "faq/wind has 24 phrases"),
        ("data/nlu.yml", "intent: greet", "intent: hail", 59, "phrases are labelled hail, which is no intent"),
        (
            "data/nlu.yml",
            "intent: faq/wind",
            "intent: faq/storm",
            5,
            "phrases are labelled faq/storm, which is no topic",
        ),
        ("data/topics.yml", "id: wind", "id: storm", 2, "topic storm has no phrases"),
        ("domain.yml", "  - stop\n", "  - stop\n  - sing\n", 8, "sing has no phrases"),
        ("domain.yml", "  - stop\n", "", 21, "uses stop, which is no intent"),
    ],
)
def test_one_fault(broken: Break, path: str, old: str, new: str, line: int, what: str) -> None:
    assert (what, line) in [(problem.what, problem.line) for problem in check(broken(path, old, new))]


def test_kind_of_out_of_scope_needs_fewer_phrases_but_not_none(broken: Break) -> None:
    def with_phrases(count: int) -> list[str]:
        kind = "- intent: out_of_scope/kites\n  examples: |\n" + "".join(f"    - kite {n}\n" for n in range(count))
        return [problem.what for problem in check(broken("data/nlu.yml", "", kind))]

    assert with_phrases(15) == []
    assert with_phrases(14) == ["out_of_scope/kites has 14 phrases"]


def test_too_few_kinds_of_out_of_scope(broken: Break) -> None:
    problems = check(broken("data/nlu.yml", "intent: out_of_scope/apples", "intent: out_of_scope/bridges"))
    assert [problem.what for problem in problems] == [f"out_of_scope has {FEWEST_KINDS - 1} kinds"]


def test_intent_that_every_form_question_takes_is_used(project: Project, broken: Break) -> None:
    assert "inform" not in project.files["data/rules.yml"]
    (problem,) = check(
        broken("domain.yml", "[faq, out_of_scope, greet, stop]", "[faq, out_of_scope, greet, stop, inform]")
    )
    assert problem.what == "inform is used by no rule, story or slot"


def test_emergency_text_without_a_reply_is_named(broken: Break) -> None:
    def with_text(name: str) -> Project:
        block = f"- intent: greet\n  metadata: {{text: {name}}}\n  examples: |\n    - help me up the hill\n"
        return broken("data/nlu.yml", "", block)

    assert check(with_text("suicidal")) == []
    with pytest.raises(
        ConfigurationError, match=r"data/nlu.yml, line \d+: .*: 'sad' is unknown\n *expected: one of general, "
    ):
        check(with_text("sad"))
