"""Crisis levels: a denial never mutes one, years ago and well since is past, despair raises no emergency."""

from __future__ import annotations

from itertools import product

import pytest

from lamoon.screening.crisis import (
    crisis_level,
    harm_done,
    is_bereaved,
    is_past_and_over,
    is_taken_for_a_session,
    is_violent,
)
from lamoon.screening.screener import Mention, Screener, Screening, summary
from lamoon.screening.second_opinion import Opinion, Thresholds, combine

SURE = Thresholds(emergency=0.8, crisis_acute=0.7, crisis_soft=0.5, violence=0.5)


def rules(
    *statuses: str, denies: bool = False, well: bool = False, figurative: bool = False, id: str = "suicidal"
) -> Screening:
    mentions = [Mention(id=id, status=status, text="x", start=0, end=1) for status in statuses]  # type: ignore[typeddict-item]
    outcome = "emergency" if "affirmed" in statuses else "none"
    return Screening(outcome=outcome, conditions=mentions, denies=denies, well=well, figurative=figurative)  # type: ignore[typeddict-item]


def opinion(screening: Screening, over: bool = False, **kinds: float) -> Opinion:
    return combine(screening, {f"emergency+{kind}": p for kind, p in kinds.items()}, SURE, over)


def test_despair_asks_and_raises_no_emergency() -> None:
    found = opinion(rules(), despair=0.99)
    assert (found["crisis"], found["outcome"], found["question"]) == ("soft", "none", False)


def test_an_acute_message_is_an_emergency_with_the_crisis_text() -> None:
    found = opinion(rules(), suicidal=0.75, general=0.1)
    assert (found["crisis"], found["outcome"]) == ("acute", "emergency")
    assert found["second_opinion"]["text"] == "suicidal"


def test_both_together_are_soft_where_neither_is_sure() -> None:
    assert opinion(rules(), suicidal=0.3, despair=0.25)["crisis"] == "soft"
    assert opinion(rules(), suicidal=0.2, despair=0.25)["crisis"] == ""


@pytest.mark.parametrize(("denies", "well", "despair"), list(product([True, False], [True, False], [0.0, 0.9])))
def test_a_denied_plan_or_sign_mutes_no_crisis(denies: bool, well: bool, despair: float) -> None:
    screening = rules(denies=denies, well=well)
    assert opinion(screening, suicidal=0.9)["crisis"] == "acute"
    assert opinion(screening, suicidal=0.9)["outcome"] == "emergency"
    assert opinion(screening, suicidal=0.55, despair=despair)["crisis"] == "soft"


def test_a_denied_sign_of_something_else_mutes_no_crisis() -> None:
    assert opinion(rules("negated", id="chest_pain"), suicidal=0.9)["crisis"] == "acute"


def test_who_denies_to_be_suicidal_is_asked_and_not_alarmed() -> None:
    found = opinion(rules("negated"), suicidal=0.95)
    assert (found["crisis"], found["outcome"]) == ("soft", "none")


def test_what_the_rules_affirm_is_acute_whatever_else_is_said() -> None:
    assert opinion(rules("affirmed", "negated"), over=True)["crisis"] == "acute"


def test_years_ago_and_well_since_is_past() -> None:
    found = opinion(rules(), over=True, suicidal=0.99)
    assert (found["crisis"], found["outcome"]) == ("past", "none")
    assert opinion(rules("resolved"))["crisis"] == "past"
    assert opinion(rules(), over=True)["crisis"] == ""


def test_years_ago_without_a_word_of_recovery_is_asked() -> None:
    assert crisis_level(rules("resolved"), 0.6, 0.3, 0.7, 0.5) == "soft"


def test_violence_is_a_field_of_its_own() -> None:
    found = opinion(rules(), violence=0.8)
    assert (found["violence"], found["crisis"], found["outcome"]) == (True, "", "none")
    assert not opinion(rules(), violence=0.3)["violence"]


@pytest.mark.parametrize(
    "text",
    [
        "I tried to kill myself in 2009, I'm doing well now",
        "years ago I wanted to die, today I'm happy",
        "when I was a teenager I cut myself, that is all behind me",
        "suicidal in my thirties, fine now",
        "I attempted suicide back in 2010, I am in a really happy place these days with my choir and my doctor",
    ],
)
def test_past_and_over(screener: Screener, text: str) -> None:
    message = screener.read(text)
    assert is_past_and_over(message)
    assert message.outcome != "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "I tried to kill myself in 2009 and I want to do it again",
        "years ago I wanted to die, and it's back now",
        "I'm fine, don't worry",
        "I've wanted to die since I was a child",
        "ten years ago I was happy, now I want to die",
        "I tried years ago and I'm still not okay",
    ],
)
def test_not_over(screener: Screener, text: str) -> None:
    assert not is_past_and_over(screener.read(text))


def test_a_recovery_now_does_not_hide_what_is_new(screener: Screener) -> None:
    assert screener.screen("I want to kill myself now")["outcome"] == "emergency"
    assert screener.screen("I was well years ago and now I want to die")["outcome"] == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "took two of my wife's sleeping pills so I'd be loose for the massage",
        "had a muscle relaxer and a beer, coming in at three",
    ],
)
def test_a_little_taken_for_a_session_is_no_overdose(screener: Screener, text: str) -> None:
    read = screener.read(text)
    assert is_taken_for_a_session(read)
    found = combine(summary(read), {"emergency+suicidal": 0.99}, SURE, harmless=True)
    assert (found["outcome"], found["crisis"]) == ("ask_doctor", "")


@pytest.mark.parametrize(
    "text",
    ["took all my sleeping pills before the massage", "two beers and 40 oxys, coming in at three", "took two pills"],
)
def test_a_large_amount_or_no_session_is_left_to_the_second_opinion(screener: Screener, text: str) -> None:
    assert not is_taken_for_a_session(screener.read(text))


def test_an_age_dates_an_attempt_and_a_time_of_day_does_not(screener: Screener) -> None:
    [past] = screener.screen("I tried to kill myself at 16")["conditions"]
    [present] = screener.screen("I will kill myself at 10 tonight")["conditions"]
    assert (past["status"], present["status"]) == ("resolved", "affirmed")


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("I swallowed the whole packet of my sleeping pills", "done"),
        ("slit my wrist this evening", "done"),
        ("he overdosed on purpose last night", "done"),
        ("took them all, just so somebody knows", "done"),
        ("I took 9 sleeping pills today", "possible"),
        ("thinking about swallowing the whole packet of pills", ""),
        ("I would never take all my pills", ""),
        ("my toddler swallowed the whole bottle of vitamins", ""),
        ("took a double dose of my heart tablets by mistake", ""),
        ("I overdosed when I was 16, I am well now and happy", ""),
    ],
)
def test_harm_that_is_done_is_told_from_plans_accidents_and_the_past(screener: Screener, text: str, harm: str) -> None:
    assert harm_done(screener.read(text)) == harm


def test_harm_done_is_an_acute_crisis_and_an_emergency() -> None:
    found = combine(rules(id="overdose"), {}, SURE, harm="done")
    assert (found["harm_done"], found["crisis"], found["outcome"]) == (True, "acute", "emergency")
    assert found["second_opinion"]["text"] == "suicidal"


def test_what_was_taken_is_harm_where_the_classifier_hears_a_crisis() -> None:
    taken = rules("affirmed", id="overdose")
    calm, acute = ({"emergency+suicidal": p} for p in (0.1, 0.9))
    assert not combine(taken, calm, SURE, harm="possible")["harm_done"]
    assert combine(taken, acute, SURE, harm="possible")["harm_done"]


def test_of_two_kinds_of_emergency_the_likelier_one_is_answered() -> None:
    hit_by_a_truck = rules("affirmed", id="major_trauma")
    assert opinion(hit_by_a_truck, despair=0.9)["crisis"] == "acute"
    assert opinion(hit_by_a_truck, despair=0.2, general=0.7)["crisis"] == ""
    assert opinion(rules(), suicidal=0.45, general=0.4)["crisis"] == "acute"


def test_a_figure_of_speech_takes_a_surer_classifier() -> None:
    assert opinion(rules(figurative=True), suicidal=0.85)["crisis"] == ""
    assert opinion(rules(figurative=True), suicidal=0.95)["crisis"] == "acute"


def test_a_death_by_suicide_is_grief_unless_it_happens_now(screener: Screener) -> None:
    mourned = screener.read("my uncle shot himself last spring and I was the one who found him")
    assert is_bereaved(mourned)
    assert not harm_done(mourned)
    assert harm_done(screener.read("my uncle just shot himself")) == "done"


@pytest.mark.parametrize(
    ("text", "violent"),
    [
        ("my boyfriend slapped me again and my jaw clicks", True),
        ("the stepdad grabbed my arm, can you hide the bruise", True),
        ("he went at me with a chair leg", True),
        ("her husband beats her", True),
        ("my girlfriend beat me at badminton and now I ache", False),
        ("my wife hit the gym with me", False),
    ],
)
def test_violence_in_plain_words_needs_no_classifier(screener: Screener, text: str, violent: bool) -> None:
    assert is_violent(screener.read(text)) is violent
    found = combine(summary(screener.read(text)), {}, SURE, violent=is_violent(screener.read(text)))
    assert found["violence"] is violent
