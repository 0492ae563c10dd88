from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.checks.project import Project
from tools.checks.responses import check_kinds

Break = Callable[[str, str, str], Project]
TEXT = '    - text: "All right, I have stopped."'


def test_good_project_is_green(project: Project) -> None:
    assert check_kinds(project) == []


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("Call {emergency_number}.", ("{kind: emergency}", "{kind: crisis}"), ("{}", "{kind: warning}")),
        ("Call {crisis_line} or {emergency_number}.", ("{kind: crisis}",), ("{}", "{kind: emergency}")),
        ("With {conditions_text}, ask your doctor.", ("{kind: warning}",), ("{}", "{kind: notice}")),
        ("Your doctor decides about {open_conditions}.", ("{kind: warning}",), ("{}", "{kind: notice}")),
        ("I've taken {conditions_text} off your notes.", ("{}", "{kind: warning}"), ("{kind: loud}",)),
        ("First things first: {urgent}.", ("{kind: warning}",), ("{}", "{kind: notice}")),
        ("I'm down. {contact_sentence_when_down}", ("{kind: apology}",), ("{}", "{kind: text}")),
        ("Sent, {reference}.", ("{effect: reports}", "{effect: calls_team}"), ("{}", "{kind: notice}")),
        ("Hello.", ("{}", "{kind: notice}"), ("{kind: loud}", "{effect: sings}")),
    ],
)
def test_what_a_text_fills_in_asks_for_its_metadata(
    broken: Break, text: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    def problems(metadata: str) -> list[tuple[str, int | None]]:
        written = f'    - metadata: {metadata}\n      text: "{text}"'
        return [(problem.file, problem.line) for problem in check_kinds(broken("domain.yml", TEXT, written))]

    assert [problems(metadata) for metadata in right] == [[]] * len(right)
    assert [problems(metadata) for metadata in wrong] == [[("domain.yml", 35)]] * len(wrong)


def test_what_a_rule_says_in_an_emergency_needs_the_kind_in_every_text(broken: Break) -> None:
    rules = broken("data/rules.yml", "- intent: stop", "- intent: emergency")
    assert [problem.what for problem in check_kinds(rules)] == ["utter_stopped is of the kind text"]
