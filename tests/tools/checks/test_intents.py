from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from lamoon.errors import ConfigurationError, KnowledgeError
from tools.checks.intents import FEWEST_KINDS, check_intents
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]


def test_good_project_is_green(project: Project) -> None:
    assert check_intents(project) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "what"),
    [
        ("data/nlu.yml", "    - hello there my friend one\n", "", 59, "greet has 24 phrases"),
        ("data/nlu.yml", "    - how strong blows wind one\n", "", 5, "faq/wind has 24 phrases"),
        ("data/nlu.yml", "intent: greet", "intent: hail", 59, "phrases are labelled hail, which is not an intent"),
        (
            "data/nlu.yml",
            "intent: faq/wind",
            "intent: faq/storm",
            5,
            "phrases are labelled faq/storm, which is not a topic",
        ),
        ("data/topics.yml", "id: wind", "id: storm", 2, "topic storm has no phrases"),
        ("domain.yml", "  - stop\n", "  - stop\n  - sing\n", 8, "sing has no phrases"),
        ("domain.yml", "  - stop\n", "", 21, "uses stop, which is not an intent"),
        ("data/intents.yml", "  stop: {", "  sing: {", None, "says nothing of stop"),
        ("data/intents.yml", "  stop: {", "  sing: {", None, "explains sing, which is not an intent"),
        ("data/intents.yml", "something else", "more, rarely_need_context: [x]", None, "out_of_scope has no kind x"),
        (
            "data/rules.yml",
            "  - rule: Greet\n",
            "  - rule: Greet\n    condition: [{active_loop: null}]\n",
            5,
            "no rule says what follows greet while kite_form is open",
        ),
        (
            "data/rules.yml",
            "  - rule: Stop\n",
            "  - rule: Stop\n    condition: [{active_loop: kite_form}]\n",
            7,
            "no rule says what follows stop outside of forms",
        ),
    ],
)
def test_one_fault(broken: Break, path: str, old: str, new: str, line: int, what: str) -> None:
    assert (what, line) in [(problem.what, problem.line) for problem in check_intents(broken(path, old, new))]


def test_kind_of_out_of_scope_needs_fewer_phrases_but_not_none(broken: Break) -> None:
    def with_phrases(count: int) -> list[str]:
        kind = "- intent: out_of_scope/kites\n  examples: |\n" + "".join(f"    - kite {n}\n" for n in range(count))
        return [problem.what for problem in check_intents(broken("data/nlu.yml", "", kind))]

    assert with_phrases(15) == []
    assert with_phrases(14) == ["out_of_scope/kites has 14 phrases"]


def test_too_few_kinds_of_out_of_scope(broken: Break) -> None:
    problems = check_intents(broken("data/nlu.yml", "intent: out_of_scope/apples", "intent: out_of_scope/bridges"))
    assert [problem.what for problem in problems] == [f"out_of_scope has {FEWEST_KINDS - 1} kinds"]


def test_intent_that_a_form_question_takes_is_used(project: Project, broken: Break) -> None:
    assert "inform" not in project.files["data/rules.yml"]
    (problem,) = check_intents(broken("domain.yml", "[affirm, inform, nlu_fallback]", "[affirm, nlu_fallback]"))
    assert problem.what == "inform is used by no rule, story or slot"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("{meaning: Asks}", "{}", "data/intents.yml, line 2"),
        ("{meaning: Asks}", "{meaning: Asks, sings: true}", "data/intents.yml, line 2"),
        ("always_interrupts: true", "always_interrupts: maybe", "data/intents.yml, line 6"),
        (
            "answers: questions",
            "answers: all",
            "data/intents.yml, line 5",
        ),
    ],
)
def test_a_file_of_intents_that_cannot_be_read_is_named_with_its_line(
    broken: Break, old: str, new: str, error: str
) -> None:
    with pytest.raises(KnowledgeError, match=re.escape(error)):
        check_intents(broken("data/intents.yml", old, new))


def test_voice_of_a_block_is_read(broken: Break) -> None:
    block = "- intent: greet\n  metadata: {voice: sailor}\n  examples: |\n    - ahoy over there\n"
    phrases = broken("data/nlu.yml", "", block).assistant.phrases
    assert {phrase.voice for phrase in phrases} == {"", "sailor"}


def test_emergency_text_without_a_reply_is_named(broken: Break) -> None:
    def with_text(name: str) -> Project:
        block = f"- intent: greet\n  metadata: {{text: {name}}}\n  examples: |\n    - help me up the hill\n"
        return broken("data/nlu.yml", "", block)

    assert check_intents(with_text("suicidal")) == []
    with pytest.raises(
        ConfigurationError, match=r"data/nlu.yml, line \d+: .*: 'sad' is unknown\n *expected: one of general, "
    ):
        check_intents(with_text("sad"))
