"""Which messages answer the form's open question, what the visitor wants to change, what is read back on health."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.booking.form import answers_question, health_summary, read_change
from lamoon.booking.readers import read_go_ahead
from lamoon.intents import shared_intents
from lamoon.screening.conditions import load_facts

QUESTIONS = ["visitor_name", "contact", "wish", "health_screening", "health_details", "consent", "send_booking"]
INTENTS = [
    *("faq", "out_of_scope", "greet", "thank", "affirm", "deny", "help", "book_appointment", "report_condition"),
    *("ask_hours", "ask_prices", "inform", "nlu_fallback", "stop", "handoff_to_human", "emergency", "forget_me"),
]
SURE = 0.97


@pytest.mark.parametrize(
    ("question", "text", "intent", "confidence"),
    [
        ("handoff_question", "thank Maria from me, she is the best", "thank", SURE),
        ("visitor_name", "Maria Lopez", "inform", SURE),
        ("visitor_name", "Rose Hill", "ask_location", 0.5),
        ("visitor_name", "my name is Rose", "ask_services", SURE),
        ("visitor_name", "Hi, I'm Maria", "greet", SURE),
        ("visitor_name", "Ravi", "faq", 0.71),
        ("visitor_name", "李小龙", "out_of_scope", 0.7),
        ("contact", "maria@example.com", "out_of_scope", SURE),
        ("contact", "it's 212 555 0155, thanks", "thank", SURE),
        ("contact", "0155 55", "inform", 0.4),
        ("contact", "my number is 212 555 0155, how much is it?", "ask_prices", SURE),
        ("wish", "tuesday", "ask_hours", SURE),
        ("wish", "are you open tuesday?", "ask_hours", SURE),
        ("wish", "anytime next week", "inform", SURE),
        ("wish", "my neck is stiff, any morning", "report_condition", SURE),
        ("wish", "an hour please", "book_appointment", SURE),
        ("health_screening", "no", "deny", SURE),
        ("health_screening", "No, none of these", "deny", SURE),
        ("health_screening", "yes", "affirm", SURE),
        ("health_screening", "not that I know of", "nlu_fallback", 0.55),
        ("health_details", "my left knee", "faq", SURE),
        ("health_details", "diabetes?", "report_condition", SURE),
        ("health_details", "blood thinners", "out_of_scope", SURE),
        ("consent", "yes", "affirm", SURE),
        ("consent", "no", "stop", SURE),
        ("consent", "ok, send it", "book_appointment", SURE),
        ("send_booking", "Yes, send it", "affirm", SURE),
        ("send_booking", "Change the contact", "cancel_or_change_booking", SURE),
        ("send_booking", "the phone number is wrong", "report_condition", SURE),
    ],
)
def test_an_answer(question: str, text: str, intent: str, confidence: float) -> None:
    assert answers_question(question, text, intent, confidence, "US")


@pytest.mark.parametrize(
    ("question", "text", "intent"),
    [
        ("visitor_name", "what do you need it for?", "faq"),
        ("visitor_name", "I have a headache", "report_condition"),
        ("visitor_name", "no thanks", "deny"),
        ("visitor_name", "opening hours", "ask_hours"),
        ("visitor_name", "12345", "inform"),
        ("visitor_name", "", "nlu_fallback"),
        ("contact", "why do you need that?", "faq"),
        ("contact", "thank you", "thank"),
        ("wish", "how much is it?", "ask_prices"),
        ("wish", "does it hurt the day after?", "faq"),
        ("wish", "do you have parking after 6?", "out_of_scope"),
        ("wish", "👍", "affirm"),
        ("health_screening", "why do you ask?", "faq"),
        ("health_screening", "is pregnancy a problem?", "faq"),
        ("health_details", "is that a problem?", "faq"),
        ("consent", "what happens with my data?", "out_of_scope"),
        ("consent", "maybe", "affirm"),
        ("send_booking", "what is my phone number?", "faq"),
        ("send_booking", "does it hurt?", "faq"),
        ("handoff_question", "thx", "thank"),
        ("handoff_question", "anything", "inform"),
        ("unknown_slot", "anything", "inform"),
    ],
)
def test_something_else(question: str, text: str, intent: str) -> None:
    assert not answers_question(question, text, intent, SURE, "US")


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("intent", sorted(shared_intents().always_interrupting))
@pytest.mark.parametrize(
    "text", ["Maria", "maria@example.com", "tuesday at five", "please, somebody", "i want out of this"]
)
def test_emergencies_stops_and_people_are_never_answers(question: str, intent: str, text: str) -> None:
    assert not answers_question(question, text, intent, 0.4, "US")


@pytest.mark.parametrize("question", ["health_screening", "consent", "send_booking"])
@pytest.mark.parametrize("text", ["stop", "Stop", "cancel", "I want to stop"])
def test_a_stop_stops_at_yes_no_questions_too(question: str, text: str) -> None:
    assert not answers_question(question, text, "stop", SURE, "US")


@pytest.mark.parametrize("question", ["health_screening", "consent", "send_booking"])
def test_a_no_that_sounded_like_a_stop_is_a_no(question: str) -> None:
    assert answers_question(question, "no", "stop", SURE, "US")


def test_phone_numbers_are_read_as_the_studios_country_writes_them() -> None:
    assert answers_question("contact", "020 7946 0958", "faq", SURE, region="GB")
    assert not answers_question("contact", "020 7946 0958", "faq", SURE, region="US")


@given(st.sampled_from([*QUESTIONS, "handoff_question"]), st.text(), st.sampled_from(INTENTS), st.floats(0, 1))
def test_any_message_is_decided(question: str, text: str, intent: str, confidence: float) -> None:
    assert answers_question(question, text, intent, confidence, "US") in (True, False)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("Change the contact", "contact"),
        ("Change the wish", "wish"),
        ("my name is spelt wrong", "visitor_name"),
        ("the e-mail is wrong", "contact"),
        ("wrong PHONE", "contact"),
        ("I'd like another day", "wish"),
        ("different time please", "wish"),
        ("the health answer", "health_screening"),
        ("I forgot a medical condition", "health_screening"),
        ("no", None),
        ("Yes, send it", None),
        ("something else", None),
        ("", None),
        ("rename, timely, enumerate", None),
    ],
)
def test_what_the_visitor_wants_to_change(text: str, slot: str | None) -> None:
    assert read_change(text) == slot


@pytest.mark.parametrize(
    "text", ["yes, send the request", "Yes, please send my appointment request", "that's my number, yes"]
)
def test_a_yes_that_names_a_part_is_no_change(text: str) -> None:
    assert read_change(text) is None


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes, send it", "ok, go ahead", "sure", "yes, send the request", "Yes, please send my appointment request"],
)
def test_a_go_ahead_at_the_read_back(text: str) -> None:
    assert read_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    ["no", "No thanks", "", "what happens then?", "maybe", "change the wish", "yes, but another day", "is it ok?"],
)
def test_no_go_ahead(text: str) -> None:
    assert not read_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok no don't send it",
        "no, ok don't",
        "yes... no, wait",
        "ok forget it",
        "sure, stop it",
        "ok cancel it",
        "yes I want to cancel",
        "no it is correct that way only",
        "ok who reads this",
        "yes, my email is ben@example.com now",
        "yes and add that I have a blood clot",
    ],
)
def test_a_yes_beside_a_refusal_or_anything_new_sends_nothing(text: str) -> None:
    assert not read_go_ahead(text)


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({}, "not answered yet"),
        ({"health_screening": "yes"}, "not answered yet"),
        ({"health_screening": "no"}, "nothing to report"),
        ({"health_screening": "no", "health_details": ""}, "nothing to report"),
        ({"health_screening": "yes", "health_details": "my knee"}, "my knee"),
        ({"health_ledger": {"open": [{"id": "blood_clot", "words": "clot"}]}}, "a blood clot"),
        (
            {"health_screening": "no", "health_ledger": {"open": [{"id": "blood_clot", "words": "clot"}]}},
            "a blood clot",
        ),
        (
            {
                "health_details": "my leg",
                "health_ledger": {
                    "open": [{"id": "blood_clot", "words": "clot last year"}, {"id": "pregnancy", "words": "pregnant"}]
                },
            },
            'a blood clot ("clot last year"); a pregnancy, or the time after a birth ("pregnant"); my leg',
        ),
        (
            {"health_screening": "no", "health_ledger": {"open": [], "retracted": [{"id": "diabetes", "words": "x"}]}},
            'diabetes ("x"), taken back',
        ),
        (
            {"health_ledger": {"open": [{"id": "blood_clot", "words": "x", "whose": "other"}], "notes": ["my qi"]}},
            'a blood clot (of another person) ("x"); my qi',
        ),
        ({"health_ledger": None, "health_details": None, "health_screening": None}, "not answered yet"),
        ({"health_details": "a hernia " * 1000}, "a hernia " * 55 + "a ... (all of it goes to the team)"),
    ],
)
def test_the_read_back_on_health(slots: dict[str, Any], said: str) -> None:
    assert health_summary(slots, load_facts()) == said
