"""The second opinion raises the result of the rules and never lowers it."""

from __future__ import annotations

import pytest

from lamoon.screening.screener import Mention, Screening
from lamoon.screening.second_opinion import Thresholds, combine

SURE = Thresholds(emergency=0.6, emergency_over_rules=0.9, question=0.6)
CALM = {"report_condition": 0.0, "emergency+general": 0.0, "emergency+suicidal": 0.0}


def rules(
    outcome: str = "none", *statuses: str, denies: bool = False, well: bool = False, figurative: bool = False
) -> Screening:
    mentions = [Mention(id="blood_clot", status=status, text="clot", start=0, end=4) for status in statuses]  # type: ignore[typeddict-item]
    return Screening(outcome=outcome, conditions=mentions, denies=denies, well=well, figurative=figurative)  # type: ignore[typeddict-item]


def heard(disclosure: float = 0.0, **kinds: float) -> dict[str, float]:
    emergencies = {f"emergency+{kind}": value for kind, value in kinds.items()}
    return {**CALM, "report_condition": disclosure, **emergencies}


def test_it_raises_an_emergency_that_the_rules_did_not_hear() -> None:
    opinion = combine(rules(), heard(general=0.4, suicidal=0.3), SURE)
    assert opinion["outcome"] == "emergency"
    assert opinion["second_opinion"]["emergency"] == 0.7
    assert opinion["second_opinion"]["text"] == "general"


def test_it_asks_where_it_is_sure_of_health_but_not_of_an_emergency() -> None:
    opinion = combine(rules(), heard(general=0.3, disclosure=0.4), SURE)
    assert (opinion["outcome"], opinion["question"]) == ("none", True)


def test_it_is_silent_where_it_is_unsure() -> None:
    opinion = combine(rules(), heard(general=0.3, disclosure=0.2), SURE)
    assert (opinion["outcome"], opinion["question"]) == ("none", False)


def test_no_question_is_asked_beside_an_emergency() -> None:
    assert not combine(rules(), heard(general=0.99), SURE)["question"]


@pytest.mark.parametrize(("probability", "outcome"), [(0.7, "warn"), (0.95, "emergency")])
def test_over_a_warning_it_must_be_surer(probability: float, outcome: str) -> None:
    opinion = combine(rules("warn", "affirmed"), heard(general=probability), SURE)
    assert opinion["outcome"] == outcome
    assert not opinion["question"]


@pytest.mark.parametrize("status", ["negated", "hypothetical", "other_person", "resolved"])
def test_what_the_rules_read_as_not_told_raises_no_question(status: str) -> None:
    assert not combine(rules("none", status), heard(disclosure=0.99), SURE)["question"]


@pytest.mark.parametrize("screening", [rules(well=True), rules("none", "other_person"), rules("none", "resolved")])
def test_over_a_calm_message_only_the_surest_is_heard(screening: Screening) -> None:
    assert combine(screening, heard(general=0.98), SURE)["outcome"] == "none"
    assert combine(screening, heard(general=0.995), SURE)["outcome"] == "emergency"


def test_who_says_that_nothing_was_found_is_not_asked_about_health() -> None:
    assert not combine(rules(well=True), heard(disclosure=0.99), SURE)["question"]


@pytest.mark.parametrize("screening", [rules(denies=True), rules("none", "negated")])
def test_a_message_that_denies_is_not_raised(screening: Screening) -> None:
    opinion = combine(screening, heard(general=0.99), SURE)
    assert (opinion["outcome"], opinion["question"]) == ("none", False)


@pytest.mark.parametrize("outcome", ["emergency", "warn", "ask_doctor", "inform", "none"])
def test_it_never_lowers_what_the_rules_found(outcome: str) -> None:
    opinion = combine(rules(outcome, "affirmed"), CALM, SURE)
    assert opinion["outcome"] == outcome
    assert opinion["conditions"] == rules(outcome, "affirmed")["conditions"]


def test_without_probabilities_the_rules_stand_alone() -> None:
    opinion = combine(rules("warn", "affirmed"), {}, SURE)
    assert (opinion["outcome"], opinion["question"]) == ("warn", False)
    assert opinion["second_opinion"]["text"] == "general"
    assert (opinion["crisis"], opinion["violence"]) == ("", False)
