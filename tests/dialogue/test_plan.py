"""One message after another: what the conversation keeps about health, and what a reply begins with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.conftest import Talk, Turns
from lamoon.contract import UNREADABLE_RECORD
from lamoon.dialogue.health_record import LEVELS, MAX_NOTE, cleared
from lamoon.dialogue.plan import ASPECTS, FAREWELLS, FEELINGS, GO_ON, HEALTH_QUESTION, SELF_CARE, WARN, Plan, plan_turn
from lamoon.dialogue.reading import ACTS
from lamoon.intents import shared_intents
from lamoon.screening import Catalogue, Screener

DVT = "suspected_dvt"
CHEST = "chest_pain"
CLOT = "blood_clot"
SUICIDAL = "suicidal"
NOTHING_FIRST = Plan()
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)


def one_of(catalogue: Catalogue, severity: str, *, hold: bool) -> str:
    return next(one.id for one in catalogue.conditions.values() if (one.severity, one.hold) == (severity, hold))


# What was said of health


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


@pytest.mark.parametrize("intent", ["faq", "book_appointment", "ask_hours", "nlu_fallback"])
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
    turns.take(outcome="emergency", second_opinion={"emergency": 0.9, "disclosure": 0.0, "text": SUICIDAL})
    assert turns.values["emergency_text"] == SUICIDAL
    assert turns.values["booking_hold"] is True
    assert turns.record.crisis.level == "acute"


@pytest.mark.parametrize("intent", sorted(shared_intents().by_name))
def test_an_open_emergency_governs_every_kind_of_message(turns: Turns, intent: str) -> None:
    turns.take((DVT, "affirmed"))
    if intent == "emergency":
        return
    plan = turns.take(intent=intent)
    assert plan.say[0].startswith("utter_emergency_")
    assert plan.then == ("rules" if intent in GO_ON else "listen")


@pytest.mark.parametrize("intent", sorted(FAREWELLS))
def test_a_farewell_asks_whether_help_is_on_the_way(turns: Turns, intent: str) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(intent=intent) == Plan(("utter_emergency_farewell",), "listen")


@pytest.mark.parametrize("topic", sorted(SELF_CARE))
def test_no_self_care_while_an_emergency_is_open(turns: Turns, topic: str) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(topic=topic) == Plan(("utter_emergency_no_care",), "listen")


def test_self_care_in_other_words_is_refused_too(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("rolls_at_home", "asks_if_allowed")).say == ("utter_emergency_no_care",)


def test_should_i_still_come_gets_a_plain_no(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("asks_if_allowed",)) == Plan(("utter_emergency_not_yet",), "listen")


def test_a_booking_goes_on_behind_a_word_about_the_emergency(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(intent="book_appointment") == Plan(("utter_emergency_before",), "rules")


def test_a_form_that_was_opened_since_takes_its_answers(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    turns.take(intent="book_appointment")
    assert turns.take(intent="inform", form="booking_form", answers=True) == NOTHING_FIRST
    assert turns.take(intent="faq", form="booking_form").say[0].startswith("utter_emergency_")


def test_a_disclosure_while_an_emergency_is_open_is_warned_about_behind_it(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    plan = turns.take(("open_wound", "affirmed"), intent="report_condition")
    assert plan == Plan(("utter_emergency_open", WARN), "listen", "warn")


def test_what_an_emergency_left_unsaid_is_said_later(turns: Turns) -> None:
    turns.take((CHEST, "affirmed"), (CLOT, "affirmed"))
    assert WARN in turns.take((CLOT, "affirmed")).say


def test_reminders_are_counted(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    for intent in ("faq", "thank", "nlu_fallback"):
        turns.take(intent=intent)
    assert turns.record.emergency.reminders == 3


def test_when_a_doctor_has_looked_it_is_over(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("seen_by_doctor",)).say == ("utter_emergency_seen",)
    assert turns.record.emergency.status == "cleared_by_visitor"
    assert turns.values["booking_hold"] is True, "only staff lift a hold"
    assert not any(name.startswith("utter_emergency_") for name in turns.take(intent="thank").say)


def test_while_help_is_coming_it_is_not_over(turns: Turns) -> None:
    turns.take((DVT, "affirmed"))
    assert turns.take(acts=("help_is_coming",)) == Plan(("utter_emergency_attended",), "listen")
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


# A crisis


@pytest.mark.parametrize(
    ("level", "say"), [("soft", "utter_crisis_soft"), ("past", "utter_crisis_past"), ("acute", None)]
)
def test_each_level_of_a_crisis_has_its_reply(turns: Turns, level: str, say: str | None) -> None:
    plan = turns.take(intent="nlu_fallback", crisis=level)
    assert plan == (Plan((say,), "listen") if say else NOTHING_FIRST)
    assert turns.record.crisis.level == level


def test_a_soft_crisis_in_a_form_is_answered_and_the_form_goes_on(turns: Turns) -> None:
    assert turns.take(crisis="soft", form="booking_form") == Plan(("utter_crisis_soft",), "rules")


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
    assert turns.take(topic="faq/cost") == Plan(("utter_crisis_before",), "rules")


def test_a_hand_off_in_a_crisis_says_what_the_studio_is_not(turns: Turns) -> None:
    turns.take(intent="nlu_fallback", crisis="acute")
    assert turns.take(intent="handoff_to_human") == Plan(("utter_crisis_handoff",), "rules")


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


# References


def test_same_here_after_anothers_condition_is_the_visitors_too(talk: Talk) -> None:
    talk.say("my sister had a blood clot")
    plan = talk.say("same here", "nlu_fallback")
    assert plan == Plan((WARN, "utter_after_warning"), "listen", "understood")
    assert talk.open == [CLOT]
    assert not talk.record.open[0].certain
    assert talk.slots["booking_hold"] is True


def test_the_third_one_of_our_list_is_the_clot(talk: Talk) -> None:
    talk.ask("who should not get this?", "contraindications")
    assert talk.say("I have the third one").notice == "understood"
    assert talk.open == [CLOT]


def test_a_reference_to_several_asks_which(talk: Talk) -> None:
    talk.ask("who should not get this?", "contraindications")
    plan = talk.say("I had one of those", "nlu_fallback")
    assert plan == Plan(("utter_which_condition",), "listen", "which")
    assert CLOT in talk.slots["conditions_told"]
    assert talk.open == []


def test_a_reference_to_nothing_is_none(talk: Talk) -> None:
    assert talk.say("same here", "nlu_fallback") == NOTHING_FIRST


def test_a_reference_of_another_person_is_noted_as_theirs(talk: Talk) -> None:
    talk.ask("who should not get this?", "contraindications")
    assert talk.say("my wife has the third one").say == ("utter_other_noted",)
    assert talk.open == []
    assert talk.slots["conditions_text"] == "a blood clot"


def test_another_person_who_becomes_the_client_takes_her_conditions_along(talk: Talk) -> None:
    talk.say("my mum had a blood clot")
    assert talk.open == []
    plan = talk.say("can you book my mum in?", "book_appointment")
    assert plan == Plan((WARN,), "rules", "warn")
    assert [(entry.id, entry.whose) for entry in talk.record.open] == [(CLOT, "other")]
    assert talk.slots["booking_hold"] is True


QUOTED = tuple((id, "affirmed") for id in ("open_wound", "infection", "fragile_skin", CLOT, "tumor_cancer"))


def test_our_own_list_quoted_back_asks_which_and_holds(turns: Turns) -> None:
    plan = turns.take(*QUOTED, intent="report_condition")
    assert plan == Plan(("utter_which_condition",), "listen", "which")
    assert turns.open == []
    assert turns.values["booking_hold"] is True


@pytest.mark.parametrize("id", [CHEST, SUICIDAL])
def test_an_emergency_beside_a_quotation_is_answered(turns: Turns, id: str) -> None:
    assert turns.take(*QUOTED, (id, "affirmed")) == NOTHING_FIRST
    assert turns.values["emergency_text"] == ("general" if id == CHEST else SUICIDAL)


# Retractions


def test_a_retraction_by_name_closes_one_condition_and_stays_on_record(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), ("open_wound", "affirmed"))
    plan = turns.take((CLOT, "negated"), intent="deny", text="I don't have a clot, I misread")
    assert plan == Plan(("utter_retraction_noted",), "listen", "retracted")
    assert turns.open == turns.values["open_conditions"] == ["open_wound"]
    assert [entry.id for entry in turns.record.retracted] == [CLOT]
    assert turns.values["booking_hold"] is True, "only staff lift a hold"
    assert turns.values["conditions_text"] == "a blood clot"


def test_a_retraction_and_a_question_are_both_answered(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"))
    assert turns.take((CLOT, "negated"), intent="faq") == Plan(("utter_retraction_noted",), "rules", "retracted")


def test_a_denial_of_another_condition_retracts_nothing(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"))
    assert "utter_retraction_noted" not in turns.take(("infection", "negated")).say
    assert turns.open == [CLOT]


def test_a_warning_goes_before_a_retraction(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"))
    assert turns.take((CLOT, "negated"), ("open_wound", "affirmed")).notice == "warn"
    assert turns.open == ["open_wound"]


@pytest.mark.parametrize("words", ["scratch that", "that was a mistake", "false alarm", "just kidding", "I was wrong"])
def test_a_retraction_without_a_name_asks_first(talk: Talk, words: str) -> None:
    talk.say("I have a blood clot")
    assert talk.say(words, "nlu_fallback") == Plan(("utter_confirm_retraction",), "listen")
    assert talk.open == [CLOT]
    assert talk.slots["conditions_text"] == "a blood clot"


@pytest.mark.parametrize("words", ["sorry, that was about my flatmate", "I was talking about my sister, not me"])
def test_a_condition_that_was_anothers_all_along_is_asked_about(talk: Talk, words: str) -> None:
    talk.say("I have a blood clot")
    assert talk.say(words, "nlu_fallback").say == ("utter_confirm_retraction",)


def test_a_yes_takes_it_off(talk: Talk) -> None:
    talk.say("I have a blood clot")
    talk.say("scratch that", "nlu_fallback")
    assert talk.say("yes", "affirm") == Plan(("utter_retraction_noted",), "listen", "retracted")
    assert talk.open == []
    assert [entry.id for entry in talk.record.retracted] == [CLOT]


def test_a_no_keeps_it(talk: Talk) -> None:
    talk.say("I have a blood clot")
    talk.say("scratch that", "nlu_fallback")
    assert talk.say("no", "deny") == Plan(("utter_retraction_kept",), "listen")
    assert talk.open == [CLOT]


@pytest.mark.parametrize("intent", ["faq", "greet", "book_appointment", "nlu_fallback"])
def test_any_other_message_closes_that_question_and_keeps_the_condition(turns: Turns, intent: str) -> None:
    turns.take((CLOT, "affirmed"))
    turns.take(acts=("takes_back",))
    turns.take(intent=intent)
    assert turns.open == [CLOT]
    turns.take(intent="affirm")
    assert turns.open == [CLOT], "a later yes is no answer to it"


EVERYDAY = """
never mind
forget it
never mind, forget it
ok
no worries
that's fine
stop
I don't care
I don't mind
no thanks
thanks, that's all
nothing else
all good
not today
I don't have time on Monday
I don't have a car
""".strip().splitlines()


@pytest.mark.parametrize("words", EVERYDAY)
def test_everyday_phrases_take_nothing_back(talk: Talk, words: str) -> None:
    talk.say("my calf is swollen and hot since the flight")
    talk.say("and I had a blood clot last year")
    before = talk.open
    for intent in ("nlu_fallback", "deny", "stop"):
        assert "utter_confirm_retraction" not in talk.say(words, intent).say
    assert talk.open == before
    assert talk.record.emergency.status == "open"


@pytest.mark.parametrize("words", EVERYDAY)
def test_everyday_phrases_ask_nothing_back(talk: Talk, words: str) -> None:
    talk.say("I had a blood clot last year")
    assert "utter_confirm_retraction" not in talk.say(words, "nlu_fallback").say
    assert talk.open == [CLOT]


def test_none_of_all_of_them_is_taken(turns: Turns) -> None:
    plan = turns.take((CLOT, "negated"), ("tumor_cancer", "negated"), intent="deny")
    assert plan == Plan(("utter_health_denied",), "listen")


def test_a_question_with_a_denial_in_it_is_answered(turns: Turns) -> None:
    assert turns.take((CLOT, "negated"), intent="ask_prices") == NOTHING_FIRST


# Talk about an open condition


@pytest.mark.parametrize(("act", "response"), ASPECTS)
def test_a_follow_up_is_answered_by_what_it_asks(turns: Turns, act: str, response: str) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(acts=(act,), intent="nlu_fallback") == Plan((response,), "listen")


@pytest.mark.parametrize(
    ("words", "response"),
    [
        ("so only my shoulders?", "utter_condition_elsewhere"),
        ("my doctor said yes", "utter_condition_doctor_agrees"),
        ("why?", "utter_condition_why"),
        ("how long must I wait?", "utter_condition_how_long"),
        ("can I use a roller at home with that?", "utter_condition_at_home"),
        ("which of those do I have?", "utter_condition_known"),
        ("do you remember what I have?", "utter_condition_known"),
        ("I'll sign a waiver", "utter_condition_insists"),
        ("can I still come?", "utter_condition_allowed"),
    ],
)
def test_the_talk_goes_on_after_a_warning(talk: Talk, words: str, response: str) -> None:
    talk.say("I have a blood clot")
    assert talk.say(words, "nlu_fallback").say == (response,)


def test_a_clear_question_about_something_else_is_answered_as_ever(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(topic="faq/cost") == NOTHING_FIRST
    assert turns.take(intent="thank") == NOTHING_FIRST
    assert turns.take(intent="ask_hours") == NOTHING_FIRST


def test_self_care_with_an_open_condition_has_a_word_first(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(topic="faq/daily_smr") == Plan(("utter_condition_at_home",), "rules")


def test_a_booking_with_an_open_condition_has_a_word_first(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(intent="book_appointment") == Plan(("utter_condition_before_booking",), "rules")


def test_an_answer_to_a_forms_question_is_no_talk_about_the_condition(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    acts = ("asks_if_allowed", "only_elsewhere")
    assert turns.take(intent="inform", acts=acts, form="booking_form", answers=True) == NOTHING_FIRST


def test_long_after_a_disclosure_an_unclear_message_is_not_about_it(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    for _ in range(8):
        turns.take(topic="faq/cost")
    assert turns.take(intent="nlu_fallback") == NOTHING_FIRST


# Feelings


@pytest.mark.parametrize(("act", "response"), FEELINGS)
def test_a_feeling_is_acknowledged_once_before_the_answer(turns: Turns, act: str, response: str) -> None:
    assert turns.take(acts=(act,), topic="faq/does_it_hurt") == Plan((response,), "rules")
    assert turns.take(acts=(act,), topic="faq/does_it_hurt") == NOTHING_FIRST


def test_a_feeling_goes_behind_what_safety_requires(turns: Turns) -> None:
    assert turns.take((CLOT, "affirmed"), acts=("is_afraid",)).say == (WARN,)
    assert turns.take((DVT, "affirmed"), acts=("is_hurting",)) == NOTHING_FIRST


# What holds for any conversation

MENTIONS = st.tuples(
    st.sampled_from((CLOT, DVT, CHEST, "open_wound", "tumor_cancer", "pregnancy", SUICIDAL)),
    st.sampled_from(("affirmed", "negated", "other_person", "resolved", "hypothetical")),
)
MESSAGES = st.fixed_dictionaries(
    {
        "mentions": st.lists(MENTIONS, max_size=2, unique_by=lambda mention: mention[0]),
        "acts": st.lists(st.sampled_from(ACTS), max_size=2, unique=True).map(tuple),
        "intent": st.sampled_from(sorted(set(shared_intents().by_name) - {"emergency"})),
        "topic": st.sampled_from(("", "faq/daily_smr", "faq/cost", "faq/contraindications")),
        "crisis": st.sampled_from(("", "", "", "soft", "past")),
        "question": st.booleans(),
        "form": st.sampled_from(("", "booking_form")),
    }
)


def play(catalogue: Catalogue, messages: list[dict[str, Any]]) -> list[tuple[Turns, Plan, dict[str, Any]]]:
    """Every message with the state after it and its plan."""
    turns, played = Turns(catalogue), []
    for message in messages:
        before = dict(turns.values)
        mentions = message.pop("mentions")
        plan = turns.take(*mentions, **message)
        after = Turns(catalogue)
        after.values = dict(turns.values)
        played.append((after, plan, {**message, "mentions": mentions, "before": before}))
    return played


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_whoever_counts_as_warned_was_warned(catalogue: Catalogue, messages: list[dict[str, Any]]) -> None:
    warned: set[str] = set()
    for turns, plan, _ in play(catalogue, messages):
        new = set(turns.record.warned) - warned
        assert not new or WARN in plan.say, f"{new} count as warned about, and the reply is {plan}"
        warned = set(turns.record.warned)


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_a_new_emergency_is_always_answered_by_its_rule(catalogue: Catalogue, messages: list[dict[str, Any]]) -> None:
    for _, plan, message in play(catalogue, messages):
        if (DVT, "affirmed") in message["mentions"] or (CHEST, "affirmed") in message["mentions"]:
            assert plan == NOTHING_FIRST


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_no_open_emergency_or_crisis_is_passed_over(catalogue: Catalogue, messages: list[dict[str, Any]]) -> None:
    for turns, plan, message in play(catalogue, messages):
        severe = {(DVT, "affirmed"), (CHEST, "affirmed"), (SUICIDAL, "affirmed")} & set(message["mentions"])
        if turns.record.emergency.status in ("open", "attended") or turns.record.crisis.level in ("soft", "acute"):
            governs = any(name.startswith(("utter_emergency_", "utter_crisis_")) for name in plan.say)
            assert governs or severe, f"{message} gets {plan}"


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_a_hold_is_never_lifted_and_nothing_disclosed_is_lost(
    catalogue: Catalogue, messages: list[dict[str, Any]]
) -> None:
    seen: set[str] = set()
    held = False
    for turns, _, message in play(catalogue, messages):
        seen |= {id for id, status in message["mentions"] if status == "affirmed"}
        record = turns.record
        assert seen <= {entry.id for entry in (*record.open, *record.retracted)}
        held = held or bool(turns.values.get("booking_hold"))
        assert bool(turns.values.get("booking_hold")) == held
        assert turns.values.get("open_conditions", []) == turns.open


# Playing it down, and naming a method

EMERGENCIES = (
    "my calf is swollen and hot since the flight",
    "my chest hurts and I can't breathe",
    "my face is drooping on one side and my speech is slurred",
    "I can't feel my groin and I can't hold my pee since yesterday",
    "I hit my head, threw up twice and feel confused",
    "my brother's chest hurts and he can't breathe",
    "I want to kill myself",
    "my throat is swelling shut after the nuts",
    "I'm pregnant and bleeding heavily",
    "I coughed up blood and my calf is swollen",
)
WHO = ("", "my mum says ", "my husband thinks ", "google says ", "a friend told me ", "I guess ", "honestly, ")
PLAYED_DOWN = (
    "it's nothing",
    "it's probably nothing",
    "it's just a cramp",
    "it will pass",
    "I'm overreacting",
    "it doesn't hurt that much",
    "it's not that bad",
    "it's not a clot",
    "it's no big deal",
    "it's only stress",
)


def state(talk: Talk) -> tuple[object, ...]:
    """What an emergency or crisis has come to."""
    emergency, crisis = talk.record.emergency, talk.record.crisis
    governed = emergency.status, emergency.text, emergency.whose, crisis.level, talk.slots.get("emergency_text")
    return (*governed, talk.slots.get("booking_hold"))


@given(st.sampled_from(EMERGENCIES), st.sampled_from(WHO), st.sampled_from(PLAYED_DOWN), st.booleans(), st.booleans())
@relaxed
def test_playing_it_down_changes_nothing(
    screener: Screener, emergency: str, who: str, words: str, is_before: bool, is_one_message: bool
) -> None:
    alone, played_down = Talk(screener), Talk(screener)
    alone.say(emergency)
    parts = [who + words, emergency] if is_before else [emergency, who + words]
    for text in [". ".join(parts)] if is_one_message else parts:
        played_down.say(text, "nlu_fallback")
    assert state(played_down) == state(alone)


CRISES = ("I want to kill myself", "I want to end my life", "I don't want to live any more", "I'm going to end it all")
METHODS_NAMED = ("", " with pills", " tonight", " with a knife", " by jumping off a bridge", ", I bought a rope")
FOLLOWING = ("no", "stop", "thanks", "never mind", "not like that", "I'm fine now")


@given(st.sampled_from(CRISES), st.sampled_from(METHODS_NAMED), st.lists(st.sampled_from(FOLLOWING), max_size=3))
@settings(relaxed, max_examples=60)
def test_naming_a_method_changes_nothing(screener: Screener, crisis: str, method: str, following: list[str]) -> None:
    plain, named = Talk(screener), Talk(screener)
    plans = [plain.say(crisis)], [named.say(crisis + method)]
    for text in following:
        plans[0].append(plain.say(text, "nlu_fallback"))
        plans[1].append(named.say(text, "nlu_fallback"))
    assert plans[0] == plans[1]
    assert plain.record.crisis == named.record.crisis
    assert plain.slots["emergency_text"] == named.slots["emergency_text"] == SUICIDAL


def test_a_plan_comes_back_from_its_slot() -> None:
    plan = Plan(("utter_emergency_open", WARN), "listen", "warn")
    assert Plan.from_slot(plan.to_slot()) == plan
    assert Plan.from_slot(None) == Plan.from_slot("gone") == NOTHING_FIRST
