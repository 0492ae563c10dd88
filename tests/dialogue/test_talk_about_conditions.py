"""References, retractions, and talk about a condition that was disclosed before."""

from __future__ import annotations

import pytest

from dialogue.conftest import Talk, Turns
from lamoon.dialogue.open_conditions import ASPECTS
from lamoon.dialogue.reply import WARN, Plan

CHEST = "chest_pain"
CLOT = "blood_clot"
SUICIDAL = "suicidal"
NOTHING_FIRST = Plan()


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


@pytest.mark.parametrize("words", ["it is the second to last, mine", "the one about the veins is me"])
def test_a_line_of_our_list_from_its_end_or_by_its_subject(talk: Talk, words: str) -> None:
    talk.ask("who should not get this?", "contraindications")
    talk.say(words)
    assert talk.open == [CLOT]


def test_what_relatives_deny_stays_noted(talk: Talk) -> None:
    talk.say("the doctor she say I have a blood clot")
    assert talk.say("but my aunt says it is not a clot").say == ("utter_condition_kept",)
    assert talk.open == [CLOT]


def test_another_area_inside_the_form_is_not_simply_noted(talk: Talk) -> None:
    talk.say("I had a blood clot in my leg", form="booking_form")
    plan = talk.say("could you do only my hands?", "inform", form="booking_form", answers=True)
    assert plan == Plan(("utter_condition_elsewhere",), "rules")


def test_a_reference_to_several_asks_which(talk: Talk) -> None:
    talk.ask("who should not get this?", "contraindications")
    plan = talk.say("I had one of those", "nlu_fallback")
    assert plan == Plan(("utter_which_condition",), "listen")
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
    assert plan == Plan(("utter_which_condition",), "listen")
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


def test_a_wish_to_delete_everything_is_no_retraction(talk: Talk) -> None:
    talk.say("I have a blood clot")
    assert talk.say("forget everything I told you, please delete it", "forget_me") == NOTHING_FIRST
    assert talk.open == [CLOT]


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
        ("and if I simply never mention it to the therapist?", "utter_condition_tell"),
        ("can I still come?", "utter_condition_allowed"),
    ],
)
def test_the_talk_goes_on_after_a_warning(talk: Talk, words: str, response: str) -> None:
    talk.say("I have a blood clot")
    assert talk.say(words, "nlu_fallback").say == (response,)


def test_a_clear_question_about_something_else_is_answered_as_ever(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(topic="faq/cost", text="what does it cost?") == Plan(("utter_condition_before_answer",), "rules")
    assert turns.take(topic="faq/cost", text="what does it cost?") == NOTHING_FIRST
    assert turns.take(intent="thank") == NOTHING_FIRST
    assert turns.take(intent="ask_hours") == NOTHING_FIRST


def test_a_remark_right_after_a_warning_is_about_it(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(topic="faq/benefits", text="it makes me looser, no?") == Plan(("utter_condition_kept",), "listen")


def test_self_care_with_an_open_condition_has_a_word_first(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(topic="faq/daily_smr", text="how often may one roll?") == Plan(
        ("utter_condition_at_home",), "rules"
    )


def test_a_booking_with_an_open_condition_has_a_word_first(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    assert turns.take(intent="book_appointment") == Plan(("utter_condition_before_booking",), "rules")


def test_an_answer_to_a_forms_question_is_no_talk_about_the_condition(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    acts = ("asks_if_allowed", "only_elsewhere")
    assert turns.take(intent="inform", acts=acts, form="booking_form", answers=True) == NOTHING_FIRST


def test_an_answer_to_a_forms_question_that_asks_for_leave_gets_a_word_about_the_condition(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    acts = ("asks_if_allowed",)
    plan = turns.take(intent="inform", acts=acts, form="booking_form", answers=True)
    assert plan == Plan(("utter_condition_allowed",), "rules")


def test_long_after_a_disclosure_an_unclear_message_is_not_about_it(turns: Turns) -> None:
    turns.take((CLOT, "affirmed"), intent="report_condition")
    for _ in range(8):
        turns.take(topic="faq/cost")
    assert turns.take(intent="nlu_fallback") == NOTHING_FIRST


def test_ones_own_denial_counts_whoever_else_is_named(talk: Talk) -> None:
    talk.say("I take Eliquis twice a day")
    talk.say("silly me, that was my mother's list, I don't take any blood thinner")
    assert talk.open == []


def test_a_denial_about_another_person_takes_nothing_back(talk: Talk) -> None:
    talk.say("I have a blood clot")
    talk.say("my sister does not have a blood clot")
    assert talk.open == [CLOT]
