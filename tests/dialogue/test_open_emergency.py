"""While an emergency is open, it governs every reply."""

from __future__ import annotations

import pytest

from dialogue.conftest import Talk, Turns
from lamoon.dialogue.health_record import cleared, over
from lamoon.dialogue.reply import FAREWELLS, GO_ON, SELF_CARE, WARN, Plan
from lamoon.intents import shared_intents

DVT = "suspected_dvt"
CHEST = "chest_pain"
CLOT = "blood_clot"
SUICIDAL = "suicidal"
NOTHING_FIRST = Plan()


# An emergency governs


def test_an_emergency_is_answered_by_its_rule_and_holds(turns: Turns) -> None:
    assert turns.take((DVT, "affirmed"), (CLOT, "affirmed")) == NOTHING_FIRST
    assert turns.values["emergency_text"] == DVT
    assert turns.values["booking_hold"] is True
    assert turns.record.emergency.status == "open"


def test_a_second_emergency_brings_its_own_text(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take((CHEST, "affirmed")) == NOTHING_FIRST
    assert turns.values["emergency_text"] == turns.record.emergency.text == "general"


def test_an_emergency_of_the_second_opinion_has_the_text_that_it_suspects(turns: Turns) -> None:
    turns.take(
        outcome="emergency", crisis="acute", second_opinion={"emergency": 0.9, "disclosure": 0.0, "text": SUICIDAL}
    )
    assert turns.values["emergency_text"] == SUICIDAL
    assert turns.values["booking_hold"] is True
    assert turns.record.crisis.level == "acute"


@pytest.mark.parametrize("intent", sorted(shared_intents().by_name))
def test_an_open_emergency_governs_every_kind_of_message(turns: Turns, intent: str) -> None:
    turns.take((DVT, "affirmed"))
    if intent == "emergency":
        return
    plan = turns.take(intent=intent, text="a booking" if intent == "book_appointment" else "the words")
    assert plan.say[0].startswith("utter_emergency_")
    assert plan.then == ("rules" if intent in GO_ON else "listen" if intent in FAREWELLS else "wait")


@pytest.mark.parametrize("intent", sorted(FAREWELLS))
def test_a_farewell_asks_whether_help_is_on_the_way(turns: Turns, intent: str) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(intent=intent) == Plan(("utter_emergency_farewell",), "listen")


@pytest.mark.parametrize("topic", sorted(SELF_CARE))
def test_no_self_care_while_an_emergency_is_open(turns: Turns, topic: str) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(topic=topic) == Plan(("utter_emergency_no_care",), "wait")


def test_self_care_in_other_words_is_refused_too(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("rolls_at_home", "asks_if_allowed")).say == ("utter_emergency_no_care",)


def test_should_i_still_come_gets_a_plain_no(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("asks_if_allowed",)) == Plan(("utter_emergency_not_yet",), "wait")


def test_a_booking_goes_on_behind_a_word_about_the_emergency(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(intent="book_appointment", text="book me in") == Plan(("utter_emergency_before",), "rules")


def test_what_only_looks_like_a_booking_starts_none_in_an_emergency(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    plan = turns.take(intent="book_appointment", text="could one of you get it out with slow hands?")
    assert plan == Plan(("utter_emergency_open",), "wait")


def test_a_form_that_was_opened_since_takes_its_answers(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    turns.take(intent="book_appointment")
    assert turns.take(intent="inform", form="booking_form", answers=True) == NOTHING_FIRST
    assert turns.take(intent="faq", form="booking_form").say[0].startswith("utter_emergency_")


@pytest.mark.parametrize("intent", ["faq", "out_of_scope"])
def test_a_question_for_the_team_comes_behind_the_advice(turns: Turns, intent: str) -> None:
    turns.take((CHEST, "affirmed"))
    plan = turns.take(intent=intent, text="do you charge me anyway?", form="handoff_form", answers=True)
    assert plan.say[0].startswith("utter_emergency_")


@pytest.mark.parametrize("form", ["booking_form", "handoff_form"])
def test_talk_about_the_emergency_is_no_answer_to_a_form(turns: Turns, form: str) -> None:
    turns.take((CHEST, "affirmed"))
    played_down = turns.take(intent="inform", acts=("plays_down",), form=form, answers=True)
    assert played_down == Plan(("utter_emergency_open",), "wait")


def test_despair_in_an_open_emergency_is_answered_behind_the_advice(turns: Turns) -> None:
    turns.take((CHEST, "affirmed"))
    plan = turns.take(crisis="soft", second_opinion={"crisis": 0.97})
    assert plan.say == ("utter_emergency_open", "utter_crisis_soft")


def test_a_disclosure_while_an_emergency_is_open_is_warned_about_behind_it(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    plan = turns.take(("open_wound", "affirmed"), intent="report_condition")
    assert plan == Plan(("utter_emergency_open", WARN), "wait", "warn")


def test_what_an_emergency_left_unsaid_is_said_later(turns: Turns) -> None:
    turns.take((CHEST, "affirmed"), (CLOT, "affirmed"))
    assert WARN in turns.take((CLOT, "affirmed")).say


def test_the_record_holds_which_message_opened_it(turns: Turns) -> None:
    turns.take(("open_wound", "affirmed"))
    turns.take((DVT, "affirmed"))
    turns.take((CHEST, "affirmed"))
    turns.take(intent="thank")
    assert (turns.record.emergency.turn, turns.record.turn) == (2, 4)


def test_what_staff_end_is_the_emergency_alone(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    turns.values["health_ledger"] = over(turns.record).to_slot()
    assert turns.record.emergency.status == "cleared_by_staff"
    assert turns.open == [DVT]
    assert turns.values["booking_hold"] is True
    assert turns.take(intent="thank") == NOTHING_FIRST


def test_when_a_doctor_has_looked_it_is_over(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("seen_by_doctor",)).say == ("utter_emergency_seen",)
    assert turns.record.emergency.status == "cleared_by_visitor"
    assert turns.values["booking_hold"] is True, "only staff lift a hold"
    assert not any(name.startswith("utter_emergency_") for name in turns.take(intent="thank").say)


def test_while_help_is_coming_it_is_not_over(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("help_is_coming",)) == Plan(("utter_emergency_attended",), "wait")
    assert turns.record.emergency.status == "attended"
    assert turns.take(topic="faq/daily_smr").say == ("utter_emergency_no_care",)


def test_once_staff_have_looked_questions_are_answered_as_ever(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    turns.values["health_ledger"] = cleared(turns.record).to_slot()
    assert turns.take(intent="thank") == NOTHING_FIRST


def test_a_new_emergency_after_that_is_open_again(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    turns.take(acts=("seen_by_doctor",))
    turns.take((DVT, "affirmed"))
    assert turns.record.emergency.status == "open"


def test_another_persons_emergency_is_known_as_theirs(talk: Talk) -> None:
    talk.say("my brother's chest hurts and he can't breathe")
    assert talk.record.emergency.whose == "other"
    assert {entry.whose for entry in talk.record.open} == {"other"}


def test_a_denied_clot_does_not_end_another_emergency(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    turns.take((CHEST, "affirmed"))
    turns.take((CLOT, "negated"))
    assert turns.record.emergency.status == "open"
