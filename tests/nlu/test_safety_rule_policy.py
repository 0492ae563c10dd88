"""The policy on the project's own rules: a warning goes before the rule, and nobody is left in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    SessionStarted,
    SlotSet,
    UserUttered,
)

from lamoon.dialogue import plan
from lamoon.dialogue.plan import HEALTH_QUESTION
from lamoon.dialogue.reply import WARN
from lamoon.nlu.safety_rule_policy import UNAVAILABLE, WARN_WITHOUT_SERVER
from lamoon.screening import load_catalogue
from nlu.conftest import FALLBACK, LISTEN, Conversation


@pytest.fixture(scope="session")
def emergency_id() -> str:
    conditions = load_catalogue().conditions.values()
    return next(one.id for one in conditions if one.severity == "emergency" and one.emergency_text == "general")


CLOT = ("blood_clot", "affirmed")
DVT = ("suspected_dvt", "affirmed")
NOTHING_FIRST = {"say": [], "then": "rules", "notice": ""}
AFTER_WARNING = "utter_after_warning"


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        ("faq", "utter_faq"),
        ("out_of_scope", "utter_out_of_scope"),
        ("nlu_fallback", "action_did_you_mean"),
        ("ask_hours", "action_studio_facts"),
        ("greet", "utter_greet"),
        ("stop", "action_stop_form"),
        ("forget_me", "action_ask_forget"),
    ],
)
def test_without_anything_special_the_rules_decide(conversation: Conversation, intent: str, action: str) -> None:
    assert conversation.say(intent) == [action, LISTEN]


def test_in_a_form_the_open_question_follows(booking: Conversation) -> None:
    assert booking.say("faq") == ["utter_faq", "booking_form", LISTEN]
    assert booking.say("inform") == ["booking_form", LISTEN]


def test_a_warning_goes_before_the_answer(conversation: Conversation) -> None:
    assert conversation.say("faq", CLOT, outcome="warn") == [WARN, "utter_faq", LISTEN]
    assert conversation.slot("reply_plan") == {"say": [WARN], "then": "rules", "notice": "warn"}
    assert conversation.slot("conditions_told") == ["blood_clot"]
    assert conversation.slot("open_conditions") == ["blood_clot"]
    assert conversation.slot("booking_hold") is True
    assert "blood clot" in conversation.slot("conditions_text")


def test_a_warning_about_nothing_but_a_condition_is_all_with_what_one_may_do_next(conversation: Conversation) -> None:
    assert conversation.say("report_condition", CLOT, outcome="warn") == [WARN, AFTER_WARNING, LISTEN]


def test_what_comes_second_is_said_without_the_action_server_too(conversation: Conversation) -> None:
    conversation.down = {WARN}
    actions = conversation.say("report_condition", CLOT, outcome="warn")
    assert actions == [WARN, WARN_WITHOUT_SERVER, AFTER_WARNING, LISTEN]


def test_a_warning_goes_before_the_booking_starts(conversation: Conversation) -> None:
    actions = conversation.say("book_appointment", CLOT, outcome="warn")
    assert actions == [WARN, "utter_booking_intro", "booking_form", LISTEN]


@pytest.mark.parametrize(
    ("intent", "rest"),
    [
        ("faq", ["utter_faq", "booking_form", LISTEN]),
        ("report_condition", ["booking_form", LISTEN]),
        ("stop", ["action_deactivate_loop", "action_stop_form", LISTEN]),
    ],
)
def test_a_warning_goes_first_in_a_form_too(booking: Conversation, intent: str, rest: list[str]) -> None:
    assert booking.say(intent, CLOT, outcome="warn") == [WARN, *rest]


def test_an_answer_that_holds_a_disclosure_is_validated(booking: Conversation) -> None:
    assert booking.say("inform", CLOT, outcome="warn") == [WARN, "booking_form", LISTEN]
    assert booking.validated


def test_the_conversation_goes_on_as_usual_after_a_warning(conversation: Conversation) -> None:
    conversation.say("faq", CLOT, outcome="warn")
    assert conversation.say("greet") == ["utter_greet", LISTEN]
    assert conversation.slot("reply_plan") == NOTHING_FIRST
    assert conversation.slot("booking_hold") is True


def test_the_same_condition_is_warned_about_once(conversation: Conversation) -> None:
    conversation.say("report_condition", CLOT, outcome="warn")
    assert WARN not in conversation.say("faq", CLOT, outcome="warn")


def test_a_retraction_is_answered_and_closes_the_condition(conversation: Conversation) -> None:
    conversation.say("report_condition", CLOT, outcome="warn")
    actions = conversation.say("deny", ("blood_clot", "negated"))
    assert actions == ["utter_retraction_noted", LISTEN]
    assert conversation.slot("open_conditions") == []
    assert conversation.slot("booking_hold") is True, "only staff lift a hold"


def test_without_the_action_server_the_warning_is_still_spoken(conversation: Conversation) -> None:
    conversation.down = {WARN}
    assert conversation.say("faq", CLOT, outcome="warn") == [WARN, WARN_WITHOUT_SERVER, "utter_faq", LISTEN]


def test_without_the_action_server_a_form_hears_the_warning_and_why_it_ends(booking: Conversation) -> None:
    booking.down = {WARN, "booking_form"}
    actions = booking.say("inform", CLOT, outcome="warn")
    assert actions == [WARN, WARN_WITHOUT_SERVER, "booking_form", UNAVAILABLE, "action_deactivate_loop", LISTEN]


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        ("ask_prices", "action_studio_facts"),
        ("nlu_fallback", "action_did_you_mean"),
        ("forget_me", "action_ask_forget"),
    ],
)
def test_an_action_that_yields_nothing_is_apologised_for(conversation: Conversation, intent: str, action: str) -> None:
    conversation.down = {action}
    assert conversation.say(intent) == [action, UNAVAILABLE, LISTEN]


def test_a_form_that_yields_nothing_is_closed_after_the_apology(booking: Conversation) -> None:
    booking.down = {"booking_form"}
    assert booking.say("inform") == ["booking_form", UNAVAILABLE, "action_deactivate_loop", LISTEN]
    booking.down = set()
    assert booking.say("faq") == ["utter_faq", LISTEN]


def test_an_answer_in_a_form_is_given_before_the_apology(booking: Conversation) -> None:
    booking.down = {"booking_form"}
    actions = booking.say("faq")
    assert actions == ["utter_faq", "booking_form", UNAVAILABLE, "action_deactivate_loop", LISTEN]


def test_a_stop_is_heard_without_the_action_server(booking: Conversation, domain: Domain) -> None:
    booking.down = set(domain.user_actions) | set(domain.form_names)
    assert booking.say("stop") == ["action_deactivate_loop", "action_stop_form", UNAVAILABLE, LISTEN]


def test_stopping_works_without_the_action_server(booking: Conversation) -> None:
    booking.down = {"action_stop_form"}
    assert booking.say("stop") == ["action_deactivate_loop", "action_stop_form", UNAVAILABLE, LISTEN]
    assert booking.tracker.active_loop_name is None


def test_after_a_failure_the_next_message_is_answered(conversation: Conversation) -> None:
    conversation.down = {"action_studio_facts"}
    conversation.say("ask_hours")
    assert conversation.say("faq") == ["utter_faq", LISTEN]


def test_what_no_rule_knows_is_answered_once(conversation: Conversation) -> None:
    assert conversation.say("affirm") == [FALLBACK, LISTEN]


def test_a_warning_is_spoken_where_no_rule_knows_the_message(conversation: Conversation) -> None:
    assert conversation.say("deny", CLOT, outcome="warn") == [WARN, "utter_after_warning", LISTEN]


def test_an_emergency_is_answered_with_its_own_wording_and_no_warning(
    conversation: Conversation, emergency_id: str
) -> None:
    actions = conversation.say("emergency", (emergency_id, "affirmed"), CLOT, outcome="emergency")
    assert actions == ["utter_emergency", LISTEN]
    assert conversation.slot("emergency_text") == "general"
    assert conversation.slot("reply_plan") == NOTHING_FIRST
    assert emergency_id in conversation.slot("open_conditions")


def test_an_emergency_ends_a_form(booking: Conversation, emergency_id: str) -> None:
    actions = booking.say("emergency", (emergency_id, "affirmed"), outcome="emergency")
    assert actions == ["utter_emergency", "action_deactivate_loop", LISTEN]
    assert booking.tracker.active_loop_name is None


def test_an_emergency_empties_the_form(booking: Conversation, domain: Domain, emergency_id: str) -> None:
    booking.tracker.update(SlotSet("health_screening", "no"), domain)
    booking.tracker.update(SlotSet("visitor_name", "Maria"), domain)
    booking.say("emergency", (emergency_id, "affirmed"), outcome="emergency")
    assert booking.slot("health_screening") is None, "the next form asks about health again"
    assert booking.slot("visitor_name") is None


def test_an_emergency_needs_no_action_server(booking: Conversation, domain: Domain, emergency_id: str) -> None:
    booking.down = set(domain.user_actions) | set(domain.form_names)
    actions = booking.say("emergency", (emergency_id, "affirmed"), outcome="emergency")
    assert actions == ["utter_emergency", "action_deactivate_loop", LISTEN]


def test_an_emergency_that_only_the_classifier_saw_is_answered_too(conversation: Conversation) -> None:
    assert conversation.say("emergency") == ["utter_emergency", LISTEN]


def test_health_words_that_the_screening_cannot_name_are_kept(conversation: Conversation) -> None:
    conversation.say("report_condition", text="my qi is blocked since the accident")
    assert conversation.slot("health_ledger")["notes"] == ["my qi is blocked since the accident"]


def test_a_parse_result_without_screening_is_no_failure(conversation: Conversation) -> None:
    conversation.tracker.update(UserUttered("hi", {"name": "greet", "confidence": 1.0}), conversation.domain)
    prediction = conversation.predict()
    assert conversation.domain.action_names_or_texts[prediction.probabilities.index(1.0)] == "utter_greet"


def test_the_guards_outrank_every_other_policy(conversation: Conversation) -> None:
    parsed = {"intent": {"name": "faq"}, "safety": {"outcome": "warn", "conditions": []}}
    condition = {"id": "blood_clot", "status": "affirmed", "text": "clot", "start": 0, "end": 4}
    parsed["safety"]["conditions"] = [condition]  # type: ignore[index]
    conversation.tracker.update(UserUttered("clot", {"name": "faq"}, parse_data=parsed), conversation.domain)  # type: ignore[arg-type]
    prediction = conversation.predict()
    assert prediction.is_no_user_prediction


def test_predicting_leaves_the_tracker_as_it_was(conversation: Conversation) -> None:
    conversation.say("faq", CLOT, outcome="warn")
    conversation.tracker.update(UserUttered("hi", {"name": "greet", "confidence": 1.0}), conversation.domain)
    before = list(conversation.tracker.events)
    conversation.predict()
    assert list(conversation.tracker.events) == before


def test_the_texts_of_the_guards_need_no_action_server(domain: Domain) -> None:
    for name in (WARN_WITHOUT_SERVER, UNAVAILABLE, "utter_emergency", FALLBACK):
        assert domain.responses[name]


def test_a_question_about_health_goes_before_the_answer(conversation: Conversation) -> None:
    assert conversation.say("faq", question=True) == [HEALTH_QUESTION, "utter_faq", LISTEN]


def test_where_nothing_else_was_said_the_question_about_health_is_all(conversation: Conversation) -> None:
    assert conversation.say("report_condition", question=True) == [HEALTH_QUESTION, LISTEN]


def test_a_yes_to_the_question_asks_which_and_the_answer_is_noted(conversation: Conversation) -> None:
    conversation.say("report_condition", question=True)
    assert conversation.say("affirm") == ["utter_health_which", LISTEN]
    assert conversation.say("nlu_fallback") == ["utter_health_noted", LISTEN]
    assert conversation.say("faq") == ["utter_faq", LISTEN]


def test_a_no_to_the_question_about_health_is_taken(conversation: Conversation) -> None:
    conversation.say("faq", question=True)
    assert conversation.say("deny") == ["utter_all_right", LISTEN]
    assert conversation.say("report_condition", question=True) == ["utter_health_noted", LISTEN]


def test_inside_a_form_no_second_question_is_asked(booking: Conversation) -> None:
    assert HEALTH_QUESTION not in booking.say("inform", question=True)


def test_an_open_emergency_governs_inside_forms_and_out_of_them(booking: Conversation) -> None:
    assert booking.say("emergency", DVT, outcome="emergency")[-1] == LISTEN
    assert booking.say("faq") == ["utter_emergency_open", LISTEN]
    assert booking.say("thank") == ["utter_emergency_farewell", LISTEN]
    actions = booking.say("book_appointment", text="book me in")
    assert actions == ["utter_emergency_before", "utter_booking_intro", "booking_form", LISTEN]
    assert booking.say("faq") == ["utter_emergency_open", LISTEN], "the form's question waits"
    assert booking.say("inform") == ["booking_form", LISTEN], "an answer is taken"


def test_a_second_acute_crisis_ends_the_form_too(booking: Conversation) -> None:
    suicidal = ("suicidal", "affirmed")
    booking.say("emergency", suicidal, outcome="emergency")
    booking.say("book_appointment")
    actions = booking.say("emergency", suicidal, outcome="emergency")
    assert actions == ["utter_emergency", "action_deactivate_loop", LISTEN]


def test_in_a_crisis_stop_is_not_only_a_command(conversation: Conversation) -> None:
    conversation.say("emergency", ("suicidal", "affirmed"), outcome="emergency")
    assert conversation.say("stop") == ["utter_crisis_followup", LISTEN]
    assert conversation.say("handoff_to_human") == [
        "utter_crisis_handoff",
        "utter_handoff_intro",
        "handoff_form",
        LISTEN,
    ]


def test_a_yes_takes_a_condition_off_and_a_no_keeps_it(conversation: Conversation) -> None:
    conversation.say("report_condition", CLOT, outcome="warn")
    assert conversation.say("nlu_fallback", acts=("takes_back",)) == ["utter_confirm_retraction", LISTEN]
    assert conversation.say("deny") == ["utter_retraction_kept", LISTEN]
    assert conversation.slot("open_conditions") == ["blood_clot"]
    conversation.say("nlu_fallback", acts=("takes_back",))
    assert conversation.say("affirm") == ["utter_retraction_noted", LISTEN]
    assert conversation.slot("open_conditions") == []
    assert conversation.slot("booking_hold") is True, "only staff lift a hold"


def test_an_open_condition_is_named_before_a_booking(conversation: Conversation) -> None:
    conversation.say("report_condition", CLOT, outcome="warn")
    actions = conversation.say("book_appointment")
    assert actions == ["utter_condition_before_booking", "utter_booking_intro", "booking_form", LISTEN]


def test_a_new_session_keeps_the_health_record_and_empties_the_forms(conversation: Conversation) -> None:
    conversation.say("report_condition", CLOT, outcome="warn")
    kept = {**conversation.tracker.current_slot_values(), "health_screening": "no", "visitor_name": "Maria"}
    carried = [SlotSet(name, value) for name, value in kept.items() if value is not None]  # as Rasa does
    for event in (ActionExecuted("action_session_start"), SessionStarted(), *carried, ActionExecuted(LISTEN)):
        conversation.tracker.update(event, conversation.domain)
    conversation.say("greet")
    assert conversation.slot("health_screening") is None, "the next form asks about health again"
    assert conversation.slot("visitor_name") is None
    assert conversation.slot("open_conditions") == ["blood_clot"]
    assert conversation.slot("booking_hold") is True


def test_every_response_of_a_plan_is_written(domain: Domain) -> None:
    named = set(re.findall(r"\butter_[a-z_]+[a-z]\b", Path(str(plan.__file__)).read_text(encoding="utf-8")))
    assert named - {"utter_condition"} <= domain.responses.keys()
