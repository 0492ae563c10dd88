"""A crisis: each level has its reply, nothing mutes it, and nothing but an emergency goes before it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.conftest import Turns
from lamoon.contract import EMERGENCY_TEXT, HARM_DONE
from lamoon.dialogue.health_record import LEVELS
from lamoon.dialogue.reply import Plan
from lamoon.intents import shared_intents
from lamoon.screening import Catalogue

CHEST = "chest_pain"
SUICIDAL = "suicidal"
NOTHING_FIRST = Plan()
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)


# A crisis


@pytest.mark.parametrize(
    ("level", "say"), [("soft", "utter_crisis_soft"), ("past", "utter_crisis_past"), ("acute", None)]
)
def test_each_level_of_a_crisis_has_its_reply(turns: Turns, level: str, say: str | None) -> None:
    plan = turns.take(intent="nlu_fallback", crisis=level)
    assert plan == (Plan((say,), "listen") if say else NOTHING_FIRST)
    assert turns.record.crisis.level == level


def test_a_soft_crisis_in_a_form_is_answered_and_the_form_goes_on(turns: Turns) -> None:
    assert turns.take(crisis="soft", form="booking_form") == Plan(("utter_crisis_soft",), "listen"), "it asks again"
    assert turns.take(crisis="acute", form="booking_form", answers=True) == NOTHING_FIRST


@pytest.mark.parametrize("level", ["soft", "acute"])
@pytest.mark.parametrize(
    "intent", ["stop", "deny", "thank", "goodbye", "affirm", "nlu_fallback", "forget_me", "inform"]
)
def test_nothing_mutes_a_crisis(turns: Turns, level: str, intent: str) -> None:
    turns.take(intent="nlu_fallback", crisis=level)
    for _ in range(3):
        plan = turns.take(intent=intent)
        assert plan.say[0].startswith("utter_crisis_")
        assert turns.record.crisis.level == level


def test_a_question_in_a_crisis_is_answered_behind_a_word(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="soft")
    assert turns.take(topic="faq/cost", text="what does it cost?") == Plan(("utter_crisis_before",), "rules")


def test_a_statement_near_a_topic_gets_no_answer_in_a_crisis(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="soft")
    assert turns.take(topic="faq/cost", text="not after sympathy") == Plan(("utter_crisis_followup",), "listen")


def test_a_question_that_names_nothing_is_about_the_crisis(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="acute")
    say = turns.take(topic="faq/contraindications", text="and what should i tell them?")
    assert say == Plan(("utter_crisis_followup",), "listen")


def test_despair_in_an_emergency_comes_after_getting_help(turns: Turns) -> None:
    turns.take((CHEST, "affirmed"))
    plan = turns.take(intent="nlu_fallback", crisis="soft", second_opinion={"crisis": 0.99})
    assert plan.say == ("utter_emergency_open", "utter_crisis_soft")
    assert turns.take(intent="ask_prices", text="what do you charge").say == ("utter_emergency_before",)


def test_harm_that_is_done_is_a_doctors_matter_until_help_is_there(turns: Turns) -> None:
    turns.take(intent="emergency", crisis="acute", harm_done=True)
    assert turns.values[EMERGENCY_TEXT] == HARM_DONE
    assert turns.take(intent="report_condition", text="but I feel fine") == Plan(("utter_crisis_harm",), "listen")
    assert turns.take(intent="book_appointment") == Plan(("utter_crisis_harm",), "listen")
    turns.take(intent="report_condition", acts=("help_is_coming",))
    assert turns.take(intent="stop") == Plan(("utter_crisis_followup",), "listen")


def test_a_hand_off_in_a_crisis_says_what_the_studio_is_not(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="acute")
    assert turns.take(intent="handoff_to_human") == Plan(("utter_crisis_handoff",), "rules")


@pytest.mark.parametrize(
    "text",
    [
        "i cant phone a stranger, i just cant",
        "too shy to talk to anyone",
        "I don’t do calls",
        "won't ring anybody, never could",
    ],
)
def test_who_cannot_call_hears_of_other_ways(turns: Turns, text: str) -> None:
    """The classifier takes most of these for a wish to be called."""
    turns.take(intent="nlu_fallback", crisis="acute")
    assert turns.take(intent="handoff_to_human", text=text) == Plan(("utter_crisis_in_writing",), "listen")


@pytest.mark.parametrize(
    "text",
    [
        "I can't talk to a robot, get me somebody",
        "I can't ring, could one of them call me instead",
        "a person please",
    ],
)
def test_a_wish_for_a_person_in_a_crisis_stays_one(turns: Turns, text: str) -> None:
    turns.take(intent="nlu_fallback", crisis="acute")
    assert turns.take(intent="handoff_to_human", text=text) == Plan(("utter_crisis_handoff",), "rules")


@pytest.mark.parametrize(
    ("text", "agrees"),
    [("yes", True), ("yes, ask them to contact me", True), ("yeah but the rest is ok", False), ("it is well", False)],
)
def test_only_a_yes_agrees_to_be_contacted(turns: Turns, text: str, agrees: bool) -> None:
    turns.take(intent="nlu_fallback", crisis="acute")
    plan = turns.take(intent="affirm", text=text)
    assert (plan.say[0] == "utter_crisis_handoff") is agrees


@given(levels=st.lists(st.sampled_from(LEVELS), min_size=1, max_size=6))
@relaxed
def test_the_level_never_falls(catalogue: Catalogue, levels: list[str]) -> None:
    turns = Turns(catalogue)
    highest = 0
    for level in levels:
        turns.take(intent="nlu_fallback", crisis=level)
        highest = max(highest, LEVELS.index(level))  # type: ignore[arg-type]
        assert turns.record.crisis.level == LEVELS[highest]


def test_despair_after_an_attempt_of_long_ago_gets_the_caring_question(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="past")
    assert turns.take(intent="nlu_fallback", crisis="soft").say == ("utter_crisis_soft",)


def test_a_soft_crisis_that_becomes_acute_gets_the_text_of_an_acute_one(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="soft")
    assert turns.take((SUICIDAL, "affirmed")) == NOTHING_FIRST
    assert turns.values["emergency_text"] == SUICIDAL


@pytest.mark.parametrize("level", ["soft", "past"])
def test_an_emergency_goes_before_a_milder_crisis(turns: Turns, level: str) -> None:
    assert turns.take((CHEST, "affirmed"), crisis=level) == NOTHING_FIRST, "the rule of the emergency answers"


def test_an_acute_crisis_inside_a_form_is_not_followed_by_the_forms_question(turns: Turns) -> None:
    turns.take((SUICIDAL, "affirmed"))
    turns.take(intent="book_appointment")
    plan = turns.take((SUICIDAL, "affirmed"), form="booking_form")
    assert plan.then == "rules", "the rule of the emergency ends the form; `listen` lets the form ask on"


@given(
    is_named=st.booleans(),
    then=st.lists(st.sampled_from(sorted(set(shared_intents().by_name) - {"emergency"})), max_size=3),
)
@settings(relaxed, max_examples=60)
def test_a_crisis_with_or_without_a_method_gets_the_same_plans(
    catalogue: Catalogue, is_named: bool, then: list[str]
) -> None:
    plain, named = Turns(catalogue), Turns(catalogue)
    method = (("overdose", "affirmed"),) if is_named else ()
    assert plain.take((SUICIDAL, "affirmed")) == named.take((SUICIDAL, "affirmed"), *method)
    assert plain.values["emergency_text"] == named.values["emergency_text"] == SUICIDAL
    for intent in then:
        plan = plain.take(intent=intent)
        assert plan == named.take(intent=intent)
        assert plan.say[0].startswith("utter_crisis_")
    assert plain.record.crisis == named.record.crisis


@pytest.mark.parametrize(
    ("text", "intent"), [("No telephone please", "handoff_to_human"), ("don't put me on a list", "book_appointment")]
)
def test_declining_help_in_a_crisis_opens_no_form(turns: Turns, text: str, intent: str) -> None:
    turns.take(intent="nlu_fallback", crisis="acute")
    assert turns.take(intent=intent, text=text) == Plan(("utter_crisis_followup",), "listen")
