"""One message after another: what the conversation keeps about health, and what a reply begins with."""

from __future__ import annotations

from typing import Any

import pytest

from dialogue.conftest import Turns
from lamoon.contract import UNREADABLE_RECORD
from lamoon.dialogue.health_record import MAX_NOTE
from lamoon.dialogue.plan import FEELINGS, HEALTH_QUESTION, plan_turn
from lamoon.dialogue.reply import WARN, Plan
from lamoon.screening import Catalogue

DVT = "suspected_dvt"
CLOT = "blood_clot"
NOTHING_FIRST = Plan()


def one_of(catalogue: Catalogue, severity: str, *, hold: bool) -> str:
    return next(one.id for one in catalogue.conditions.values() if (one.severity, one.hold) == (severity, hold))


# Health messages


def test_a_harmless_message_opens_nothing(turns: Turns) -> None:
    assert turns.take(intent="greet") == NOTHING_FIRST
    assert not turns.values.get("open_conditions")
    assert "booking_hold" not in turns.values


def test_a_second_harmless_message_changes_no_slot(turns: Turns, catalogue: Catalogue) -> None:
    turns.take(intent="greet")
    parsed = {"text": "hi", "intent": {"name": "greet"}, "safety": {"outcome": "none", "conditions": []}}
    assert plan_turn(turns.values, parsed, catalogue).slots == {}


@pytest.mark.parametrize("parsed", [{}, {"text": "x"}, {"safety": None, "intent": None}, {"intent": {"name": None}}])
def test_a_message_that_was_not_screened_opens_nothing(catalogue: Catalogue, parsed: dict[str, Any]) -> None:
    step = plan_turn({}, parsed, catalogue)
    assert step.plan == NOTHING_FIRST
    assert not step.slots.get("open_conditions")
    assert "booking_hold" not in step.slots


def test_a_condition_of_the_guide_warns_and_holds(turns: Turns) -> None:
    plan = turns.take((CLOT, "affirmed"), text="I have a blood clot", intent="report_condition")
    assert plan == Plan((WARN, "utter_after_warning"), "listen", "warn")
    assert turns.open == turns.values["open_conditions"] == turns.values["conditions_told"] == [CLOT]
    assert turns.record.open[0].words == "I have a blood clot"
    assert turns.values["conditions_text"] == "a blood clot"
    assert turns.values["booking_hold"] is True
    assert turns.values["reply_plan"]["notice"] == "warn"


@pytest.mark.parametrize("status", ["resolved", "other_person"])
def test_an_illness_that_is_over_is_noted_beside_a_wish_to_book(catalogue: Catalogue, status: str) -> None:
    mention = {"id": "recent_surgery", "status": status, "text": "operation", "start": 0, "end": 9}
    parsed = {
        "text": "the doctor cleared me after my operation, can I come in?",
        "intent": {"name": "book_appointment", "confidence": 0.9},
        "booking": {"health": True},
        "safety": {"outcome": "none", "conditions": [mention]},
    }
    step = plan_turn({}, parsed, catalogue)
    assert (step.plan.say == ("utter_health_noted_in_form",)) == (status == "resolved")


@pytest.mark.parametrize("intent", ["faq", "book_appointment", "ask_hours", "out_of_scope"])
def test_what_a_message_asks_besides_is_answered_after_the_warning(turns: Turns, intent: str) -> None:
    assert turns.take((CLOT, "affirmed"), intent=intent) == Plan((WARN,), "rules", "warn")


@pytest.mark.parametrize(("answers", "then"), [(True, "rules"), (False, "listen")])
def test_in_a_form_its_question_follows_the_warning(turns: Turns, answers: bool, then: str) -> None:
    plan = turns.take((CLOT, "affirmed"), intent="report_condition", form="booking_form", answers=answers)
    assert (plan.say, plan.then) == ((WARN,), then)


def test_other_conditions_send_to_the_doctor_without_a_hold(turns: Turns, catalogue: Catalogue) -> None:
    id = one_of(catalogue, "ask_doctor", hold=False)
    assert turns.take((id, "affirmed"), outcome="ask_doctor").notice == "ask_doctor"
    assert turns.open == [id]
    assert not turns.values.get("booking_hold")


def test_the_guides_own_conditions_decide_the_notice(turns: Turns, catalogue: Catalogue) -> None:
    plan = turns.take((one_of(catalogue, "ask_doctor", hold=False), "affirmed"), (CLOT, "affirmed"))
    assert plan.notice == "warn"
    assert len(turns.values["conditions_told"]) == 2


def test_conditions_add_up_over_the_conversation(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"))
    turns.take(("open_wound", "affirmed"))
    assert turns.open == turns.values["open_conditions"] == [CLOT, "open_wound"]
    assert turns.values["conditions_told"] == ["open_wound"]


def test_the_same_condition_is_warned_about_once(turns: Turns) -> None:
    assert WARN in turns.take((CLOT, "affirmed")).say
    assert WARN not in turns.take((CLOT, "affirmed")).say
    assert turns.open == [CLOT]


@pytest.mark.parametrize("status", ["negated", "hypothetical", "other_person", "resolved"])
def test_what_is_not_affirmed_opens_nothing(turns: Turns, status: str) -> None:
    assert WARN not in turns.take((CLOT, status)).say
    assert not turns.values.get("open_conditions")
    assert not turns.values.get("booking_hold")


def test_words_that_nothing_in_the_catalogue_names_are_noted(turns: Turns) -> None:
    turns.take(text="x" * 500, intent="report_condition")
    turns.take(text="and my qi", intent="report_condition")
    assert turns.record.notes == ("x" * MAX_NOTE, "and my qi")
    assert not turns.values.get("open_conditions")


def test_words_of_a_named_condition_are_noted_once(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.record.notes == ()


def test_notes_outlive_a_retraction(turns: Turns) -> None:
    turns.take(text="my qi", intent="report_condition")
    turns.take((CLOT, "affirmed"))
    turns.take((CLOT, "negated"))
    assert turns.record.notes == ("my qi",)


def test_the_slots_before_stay_as_they_were(turns: Turns, catalogue: Catalogue) -> None:
    turns.take((CLOT, "affirmed"))
    before = {name: repr(value) for name, value in turns.values.items()}
    mention = {"id": "infection", "status": "affirmed", "text": "x", "start": 0, "end": 1}
    plan_turn(turns.values, {"text": "x", "safety": {"outcome": "warn", "conditions": [mention]}}, catalogue)
    assert {name: repr(value) for name, value in turns.values.items()} == before


@pytest.mark.parametrize("record", ["gone", {"version": 99}, {"open": [{"words": "a clot"}]}])
def test_where_the_record_cannot_be_read_bookings_are_held_and_the_screening_goes_on(
    turns: Turns, record: object
) -> None:
    turns.values = {"health_ledger": record}
    turns.take(intent="greet")
    assert turns.values["booking_hold"] is True
    assert turns.record.notes == (UNREADABLE_RECORD,)
    assert WARN in turns.take((CLOT, "affirmed")).say
    turns.take((DVT, "affirmed"))
    assert turns.values["emergency_text"] == DVT
    assert turns.open == [CLOT, DVT]


def test_a_condition_that_left_the_catalogue_is_no_failure(turns: Turns) -> None:
    turns.values = {"health_ledger": {"open": [{"id": "gone", "words": "x"}], "retracted": [], "warned": ["gone"]}}
    assert WARN in turns.take(("gone", "affirmed"), (CLOT, "affirmed")).say
    assert turns.open == ["gone", CLOT]


# A record of version 1


def test_a_record_of_version_1_is_read_and_written_as_version_2(turns: Turns) -> None:
    turns.values = {
        "health_ledger": {"version": 1, "open": [{"id": CLOT, "words": "a clot"}], "warned": [CLOT], "reminders": 2},
        "open_conditions": [CLOT],
        "booking_hold": True,
    }
    assert WARN not in turns.take((CLOT, "affirmed")).say
    assert turns.values["health_ledger"]["version"] == 2
    assert turns.open == [CLOT]
    assert turns.record.notes == ()


# The question of the second opinion


def test_what_only_the_second_opinion_suspects_is_asked_about_once(turns: Turns) -> None:
    assert turns.take(question=True, text="my ticker plays up") == Plan((HEALTH_QUESTION,), "rules", "ask")
    assert turns.take(question=True, text="it flutters") == NOTHING_FIRST
    assert turns.record.notes == ("my ticker plays up", "it flutters")


def test_a_yes_to_the_question_asks_which_and_notes_the_answer(turns: Turns) -> None:
    turns.take(question=True)
    assert turns.take(intent="affirm") == Plan(("utter_health_which",), "listen", "which")
    plan = turns.take(intent="nlu_fallback", text="a thing with my spleen")
    assert plan == Plan(("utter_health_noted",), "listen", "noted")
    assert turns.record.notes[-1] == "a thing with my spleen"
    assert turns.take(intent="affirm") == NOTHING_FIRST


def test_a_condition_named_after_which_is_warned_about(turns: Turns) -> None:
    turns.take(question=True)
    turns.take(intent="affirm")
    assert turns.take((CLOT, "affirmed"), intent="report_condition").notice == "warn"


def test_a_no_to_the_question_is_taken(turns: Turns) -> None:
    turns.take(question=True)
    assert turns.take(intent="deny").say == ("utter_all_right",)
    assert turns.take(intent="deny") == NOTHING_FIRST


@pytest.mark.parametrize("intent", ["faq", "book_appointment", "greet"])
def test_anything_but_a_yes_or_no_goes_its_own_way_after_the_question(turns: Turns, intent: str) -> None:
    turns.take(question=True)
    assert turns.take(intent=intent) == NOTHING_FIRST


def test_a_yes_long_after_the_question_is_no_answer_to_it(turns: Turns) -> None:
    turns.take(question=True)
    turns.take(intent="greet")
    assert turns.take(intent="affirm") == NOTHING_FIRST


def test_inside_a_form_the_words_are_noted_and_nothing_is_asked(turns: Turns) -> None:
    assert turns.take(question=True, form="booking_form", text="my ticker plays up") == NOTHING_FIRST
    assert turns.record.notes == ("my ticker plays up",)


# Feelings


@pytest.mark.parametrize(("act", "response"), FEELINGS)
def test_a_feeling_is_acknowledged_once_before_the_answer(turns: Turns, act: str, response: str) -> None:
    assert turns.take(acts=(act,), topic="faq/does_it_hurt") == Plan((response,), "rules")
    assert turns.take(acts=(act,), topic="faq/does_it_hurt") == NOTHING_FIRST


def test_a_feeling_goes_behind_what_safety_requires(turns: Turns) -> None:
    assert turns.take((CLOT, "affirmed"), acts=("is_afraid",)).say == (WARN,)
    assert turns.take((DVT, "affirmed"), acts=("is_hurting",)) == NOTHING_FIRST


# A slot


def test_a_plan_comes_back_from_its_slot() -> None:
    plan = Plan(("utter_emergency_open", WARN), "listen", "warn")
    assert Plan.from_slot(plan.to_slot()) == plan
    assert Plan.from_slot(None) == Plan.from_slot("gone") == NOTHING_FIRST
