"""Rules of parts: near each other, denied, absent, long ago, and the same in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.language.languages import shared_languages
from lamoon.language.rules import Rule, Sign, load_rules, matches_of
from lamoon.project import PROJECT
from lamoon.screening.other_languages import shared_foreign_reader

READER = shared_foreign_reader()
BREATHING = Rule("breathing", (Sign("breathe", denied=True),))
VANISH = Rule("suicidal", (Sign("vanish"), Sign("want")), ("pain",))


def statuses(rule: Rule, hits: dict[str, list[tuple[int, int]]], text: str) -> list[str]:
    return [match.status for match in matches_of([rule], hits, text, spaces=True)]


def test_a_denial_must_stand_near_and_in_the_same_clause() -> None:
    near, apart = "no puede respirar ", "no , respira "
    assert statuses(BREATHING, {"not": [(0, 3)], "breathe": [(9, 18)]}, near) == ["affirmed"]
    assert statuses(BREATHING, {"not": [(0, 3)], "breathe": [(5, 13)]}, apart) == []


def test_a_part_that_must_be_absent_takes_the_meaning_away() -> None:
    text = "quiero desaparecer dolor "
    hits = {"want": [(0, 7)], "vanish": [(7, 19)]}
    assert statuses(VANISH, hits, text) == ["affirmed"]
    assert statuses(VANISH, {**hits, "pain": [(19, 25)]}, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mi Papá No Respira", {("breathing", "affirmed")}),
        ("noooo quierooo vivir", {("suicidal", "affirmed")}),
        ("tengo una yaga abierta", {("open_wound", "affirmed")}),
        ("ne hochu zhit", {("suicidal", "affirmed")}),
        ("sa3dooni mama mesh btetnaffas", {("breathing", "affirmed")}),
        ("mein vater hatte vor 10 jahren einen schlaganfall", {("stroke", "resolved")}),
        ("nie boli mnie w klatce", {("chest_pain", "negated")}),
        ("quiero que desaparezca el dolor", set()),
    ],
)
def test_what_the_parts_of_a_message_mean(text: str, found: set[tuple[str, str]]) -> None:
    assert {(one.id, one.status) for one in READER.read(text).mentions} == found


def test_every_language_has_the_parts_of_every_rule() -> None:
    rules = load_rules(PROJECT / "data" / "languages")
    used = {sign.part for rule in rules.rules for sign in rule.signs}
    for name, language in shared_languages().items():
        assert name == "en" or used <= language.parts.keys(), name


def test_a_rule_with_an_unknown_part_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "combinations.yml").write_text(
        "parts:\n  pain: hurts\ncombinations:\n  chest_pain:\n    - chest & pain\n", "utf-8"
    )
    with pytest.raises(KnowledgeError, match="`chest` is not a part") as raised:
        load_rules(tmp_path)
    assert "line 5" in str(raised.value)
