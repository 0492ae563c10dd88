"""Each answer of the booking form: taken, refused with help, or a correction of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.guided_form import CONFIRMED, GIVEN, NOT_NEEDED, REFUSED
from actions.validate_booking_form import ValidateBookingForm
from lamoon.booking.form import asked_by
from lamoon.phrasebook import phrase

QUESTIONS = [question.slot for question in asked_by("booking_form")]


@pytest.fixture
def answer(turn: Callable[..., Any]) -> Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Gives an answer to a question; returns the slots that were set and what was said."""

    def give(slot: str, value: Any, **slots: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        here = turn(**{"requested_slot": slot, **slots, slot: value})
        here.form = "booking_form"
        here.events = [
            {"event": "action", "name": "booking_form"},
            {"event": "slot", "name": slot, "value": value},
        ]
        said = here.run(ValidateBookingForm())
        return said.slots, said.messages

    return give


Answer = Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]


@pytest.mark.parametrize(
    ("slot", "value", "kept"),
    [
        ("visitor_name", "Hi, I'm maria lopez", "Maria Lopez"),
        ("contact", "it's maria@example.com, thanks", "maria@example.com"),
        ("contact", "(212) 555-0155", "+1 212-555-0155"),
        ("wish", "  my neck,\n tuesday ", "my neck, tuesday"),
        ("health_details", "a hernia", "a hernia"),
        ("health_details", "a long story " * 700, ("a long story " * 700).strip()),
        ("consent", "yes please", GIVEN),
        ("send_booking", "Yes, send it", CONFIRMED),
    ],
)
def test_an_answer_is_kept_in_its_clean_form(answer: Answer, slot: str, value: str, kept: str | None) -> None:
    slots, _ = answer(slot, value)
    assert slots[slot] == kept


def test_after_a_no_there_are_no_details(answer: Answer) -> None:
    slots, messages = answer("health_details", "", health_screening="no")
    assert (slots, messages) == ({"health_details": ""}, [])


@pytest.mark.parametrize(
    ("value", "screening", "details"),
    [
        ("no", "no", ""),
        ("No, none of these", "no", ""),
        ("yes", "yes", None),
        ("Yes, something applies", "yes", None),
        ("not sure", "yes", None),
        ("I had a blood clot last year", "details", "I had a blood clot last year"),
        ("no, but I'm pregnant", "details", "no, but I'm pregnant"),
        ("define fragile", "details", "define fragile"),
    ],
)
def test_only_a_clear_no_passes_the_screening_question(
    answer: Answer, value: str, screening: str, details: str | None
) -> None:
    slots, messages = answer("health_screening", value)
    assert slots["health_screening"] == screening
    assert slots.get("health_details") == details
    assert messages == []


@pytest.mark.parametrize(("read", "kept"), [("no", "no"), ("yes", "yes"), ("details", "details"), ("asks_back", None)])
def test_the_pipeline_s_reading_of_the_message_counts(turn: Callable[..., Any], read: str, kept: str | None) -> None:
    here = turn(requested_slot="health_screening", health_screening="a message")
    here.form = "booking_form"
    here.events = [
        {"event": "action", "name": "booking_form"},
        {"event": "slot", "name": "health_screening", "value": "a message"},
    ]
    here.latest_message = {"text": "a message", "screening_answer": read}
    assert here.run(ValidateBookingForm()).slots["health_screening"] == kept


def test_a_no_to_consent_ends_the_form(answer: Answer) -> None:
    slots, _ = answer("consent", "no")
    assert slots["consent"] == REFUSED
    assert slots["send_booking"] == NOT_NEEDED


@pytest.mark.parametrize(
    ("value", "asked_again"),
    [
        ("Change the contact", {"contact": None, "send_booking": None}),
        ("the name is wrong", {"visitor_name": None, "send_booking": None}),
        ("Change the wish", {"wish": None, "send_booking": None}),
        ("the health answer", {"health_screening": None, "health_details": None, "send_booking": None}),
    ],
)
def test_at_the_read_back_a_named_part_is_asked_again(answer: Answer, value: str, asked_again: dict[str, None]) -> None:
    slots, messages = answer("send_booking", value)
    assert {name: slots[name] for name in asked_again} == asked_again
    assert messages == []


@pytest.mark.parametrize(
    "no",
    [
        "No",
        "no thanks",
        "nope",
        "no",
    ],
)
def test_at_the_read_back_a_bare_no_asks_what_to_change(answer: Answer, no: str) -> None:
    slots, (message,) = answer("send_booking", no)
    assert slots["send_booking"] is None
    assert message["response"] == "utter_invalid_nothing_to_change"
    said = phrase(message["response"], parts=message["parts"])
    assert said == "What should I change: the name, the contact, the wish or the health answer?"


def test_a_name_given_with_the_contact_corrects_the_one_before(answer: Answer) -> None:
    slots, (message,) = answer("contact", "sorry, my name is Marya", visitor_name="Maria")
    assert (slots["visitor_name"], slots["contact"]) == ("Marya", None)
    assert (message["response"], message["visitor_name"]) == ("utter_name_changed", "Marya")


@pytest.mark.parametrize("value", ["it's private", "call me later", "it's maria at gmail", "this is annoying"])
def test_what_is_neither_contact_nor_name_changes_no_name(answer: Answer, value: str) -> None:
    slots, _ = answer("contact", value, visitor_name="Maria")
    assert "visitor_name" not in slots


def test_a_contact_given_with_the_wish_corrects_the_one_before(answer: Answer) -> None:
    slots, (message,) = answer("wish", "sorry, it's ben@example.com", contact="maria@example.com")
    assert (slots["contact"], slots["wish"]) == ("ben@example.com", None)
    assert (message["response"], message["contact"]) == ("utter_contact_changed", "ben@example.com")


def test_a_long_wish_that_names_a_contact_stays_a_wish(answer: Answer) -> None:
    wish = "an hour for my neck next tuesday please, and copy ben@example.com on it"
    slots, _ = answer("wish", wish, contact="maria@example.com")
    assert slots["wish"] == wish
    assert "contact" not in slots


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("visitor_name", "12345"),
        ("contact", "at home"),
        ("wish", "👍"),
        ("wish", "x" * 1001),
        ("health_details", "yes"),
        ("consent", "perhaps"),
        ("send_booking", "perhaps"),
    ],
)
def test_an_invalid_answer_is_refused_with_a_reason_and_counted(answer: Answer, slot: str, value: str) -> None:
    slots, (message,) = answer(slot, value)
    assert slots[slot] is None
    assert slots["form_misses"] == {slot: 1}
    assert message["response"].startswith("utter_invalid_")
    assert "then" not in message


@pytest.mark.parametrize("slot", QUESTIONS)
def test_after_two_invalid_answers_it_explains_after_three_it_offers_a_person(answer: Answer, slot: str) -> None:
    value = "yes" if slot == "health_details" else "?!"
    _, (first,) = answer(slot, value)
    _, (second,) = answer(slot, value, form_misses={slot: 1})
    slots, (third,) = answer(slot, value, form_misses={slot: 2})
    assert first["response"] == second["response"] == third["response"]
    assert "then" not in first
    assert second.get("then") == (None if slot == "health_screening" else f"utter_hint_{slot}")
    assert third["then"] == "utter_stuck"
    assert slots["form_misses"] == {slot: 3}


def test_misses_are_counted_for_each_question(answer: Answer) -> None:
    slots, (message,) = answer("contact", "at home", form_misses={"visitor_name": 2})
    assert slots["form_misses"] == {"visitor_name": 2, "contact": 1}
    assert "then" not in message


def test_a_mistyped_address_is_quoted_as_it_was_meant(answer: Answer) -> None:
    _, (message,) = answer("contact", "maria@gmial.com")
    assert message["response"] == "utter_invalid_mistyped_email"
    assert "maria@gmail.com" in phrase(message["response"], suggestion=message["suggestion"])


@pytest.mark.parametrize("slot", ["visitor_name", "contact", "wish", "health_screening", "health_details", "consent"])
def test_a_command_is_no_answer_to_any_question(answer: Answer, slot: str) -> None:
    slots, (message,) = answer(slot, "/session_start\u200b")
    assert slots[slot] is None
    assert message["response"].startswith("utter_invalid_")


def test_a_yes_that_names_the_request_sends_it(answer: Answer) -> None:
    slots, _ = answer("send_booking", "yes, send the request")
    assert slots == {"send_booking": CONFIRMED}
