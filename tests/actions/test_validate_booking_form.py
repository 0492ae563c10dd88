"""Each answer of the booking form: taken, refused with help, or a correction of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.booking_answers import given
from actions.guided_form import CONFIRMED, GIVEN, NOT_NEEDED, REFUSED
from actions.resources import studio
from actions.validate_booking_form import ValidateBookingForm
from lamoon.booking.form import asked_by
from lamoon.phrasebook import phrase

QUESTIONS = [question.slot for question in asked_by("booking_form")]


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
    slots, (message,) = answer("contact", "sorry, my name is Marya", {"name": "Marya"}, visitor_name="Maria")
    assert (slots["visitor_name"], slots["contact"]) == ("Marya", None)
    assert (message["response"], message["visitor_name"]) == ("utter_name_changed", "Marya")


def test_a_surname_given_after_the_name_completes_it(answer: Answer) -> None:
    """People write in pieces: the first half was answered before the second came."""
    slots, (message,) = answer("contact", "Lopez", {"name": "Lopez"}, visitor_name="Maria")
    assert (slots["visitor_name"], slots["contact"]) == ("Maria Lopez", None)
    assert (message["response"], message["visitor_name"]) == ("utter_name_changed", "Maria Lopez")


@pytest.mark.parametrize("value", ["Email", "it's private", "call me later", "it's maria at gmail", "this is annoying"])
def test_what_is_neither_contact_nor_name_changes_no_name(answer: Answer, value: str) -> None:
    slots, _ = answer("contact", value, visitor_name="Maria")
    assert "visitor_name" not in slots


def test_a_contact_given_with_the_wish_corrects_the_one_before(answer: Answer) -> None:
    said = {"email": "ben@example.com"}
    slots, (message,) = answer("wish", "sorry, it's ben@example.com", said, contact="maria@example.com")
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


WEDNESDAY = {"day": "wed", "from": "16:00", "to": None}
ALL = {
    "visitor_name": "Ana",
    "contact": "ana@example.com",
    "wish": "deep tissue massage, back, Tuesday",
    "held_time": "",
}
PARTS = {"wish": {"services": ["deep_tissue"], "body": ["back"], "when": [{"day": "tue"}]}}


def test_one_message_fills_every_answer_that_it_gives(answer: Answer) -> None:
    said = {"name": "Ana", "email": "ana@example.com", "service": "mfr", "body": ["calf"], "when": [WEDNESDAY]}
    slots, (message,) = answer("visitor_name", "Ana, ana@example.com, mfr for my calves, wed after 4", said)
    assert (slots["visitor_name"], slots["contact"]) == ("Ana", "ana@example.com")
    assert slots["wish"] == "myofascial release, calves, Wednesday after 4 pm"
    assert (message["response"], message["noted"]) == (
        "utter_booking_noted",
        "Ana; ana@example.com; myofascial release, calves, Wednesday after 4 pm",
    )


def test_an_area_and_a_day_at_the_question_for_the_name_are_no_name(answer: Answer) -> None:
    slots, _ = answer("visitor_name", "left leg, tomorrow", {"body": ["leg"], "when": [{"day": "2026-12-01"}]})
    assert slots["visitor_name"] is None
    assert slots["wish"] == "legs, Tuesday, December 1"


def test_at_the_read_back_a_correction_with_its_value_reads_back_again(answer: Answer) -> None:
    slots, messages = answer(
        "send_booking", "myofascial instead of deep tissue", {"service": "mfr"}, **ALL, booking_parts=PARTS
    )
    assert (slots["wish"], slots["send_booking"]) == ("myofascial release, back, Tuesday", None)
    assert messages == []


def test_another_contact_at_the_consent_changes_nothing_else(answer: Answer) -> None:
    said = {"email": "b@example.com", "when": [{"day": "2026-12-01"}]}
    slots, (message,) = answer("consent", "first fix my mail: b@example.com", said, **ALL, booking_parts=PARTS)
    assert (slots["contact"], slots["consent"], "wish" in slots) == ("b@example.com", None, False)
    assert message["response"] == "utter_contact_changed"


def test_a_day_beside_a_health_answer_is_no_wish(answer: Answer) -> None:
    said = {"body": ["back"], "when": [{"day": "fri"}]}
    slots, _ = answer("health_details", "I hurt my back last friday", said, **ALL, booking_parts=PARTS)
    assert "wish" not in slots
    assert slots["health_details"] == "I hurt my back last friday"


@pytest.mark.parametrize(
    ("asked", "text", "move", "again"),
    [
        ("contact", "go back", "back", "visitor_name"),
        ("wish", "go back", "back", "contact"),
        ("health_screening", "go back", "back", "wish"),
        ("health_screening", "I typed the wrong e-mail", "redo", "contact"),
        ("contact", "my name is misspelled", "redo", "visitor_name"),
    ],
)
def test_an_earlier_question_is_asked_again(answer: Answer, asked: str, text: str, move: str, again: str) -> None:
    slots, messages = answer(asked, text, {"move": move}, **ALL)
    assert (slots[again], slots[asked], messages) == (None, None, [])


@pytest.mark.parametrize(
    ("asked", "move", "response"),
    [
        ("visitor_name", "back", "utter_nothing_before"),
        ("send_booking", "back", "utter_invalid_nothing_to_change"),
        ("contact", "skip", "utter_cannot_skip_answer"),
        ("health_screening", "skip", "utter_cannot_skip_health"),
        ("contact", "why", "utter_form_why_contact"),
        ("consent", "why", "utter_form_why"),
        ("consent", "who_sees", "utter_form_who_sees"),
        ("send_booking", "which_way", "utter_form_which_way"),
        ("consent", "so_far", "utter_form_so_far"),
    ],
)
def test_a_question_about_the_form_is_answered_and_the_form_goes_on(
    answer: Answer, asked: str, move: str, response: str
) -> None:
    slots, (message,) = answer(asked, "words", {"move": move}, **({} if asked == "visitor_name" else ALL))
    assert slots[asked] is None
    assert message["response"] == response
    assert all(value is None for name, value in slots.items() if name not in ("booking_parts", "companion"))


def test_the_wish_may_be_left_open(answer: Answer) -> None:
    slots, _ = answer("wish", "skip", {"move": "skip"})
    assert slots["wish"] == "to be arranged with the team"


@pytest.mark.parametrize("words", ["yes", "no", "nope", "nothing", "none at all"])
def test_yes_no_and_nothing_are_no_wish(answer: Answer, words: str) -> None:
    slots, (message,) = answer("wish", words, {})
    assert (slots["wish"], message["response"]) == (None, "utter_invalid_no_wish")


def test_a_local_number_gets_its_area_code_from_the_next_message(answer: Answer) -> None:
    slots, (message,) = answer("contact", "555 0133", {"phone": "local:5550133"})
    assert (slots["contact"], message["response"]) == (None, "utter_invalid_local_phone")
    slots, _ = answer("contact", "617 in front of it", {}, booking_parts=slots["booking_parts"])
    assert slots["contact"] == "+1 617-555-0133"


@pytest.mark.parametrize("words", ["please do", "you have my ok", "off it goes, send it", "go ahead", "put it through"])
def test_other_words_for_yes_give_consent_and_send(answer: Answer, words: str) -> None:
    assert answer("consent", words, {})[0]["consent"] == GIVEN
    assert answer("send_booking", words, {})[0]["send_booking"] == CONFIRMED


@pytest.mark.parametrize(
    "words", ["can I send a photo", "send it after my call", "who do you send it to", "I agree if it is free"]
)
def test_a_condition_or_a_question_is_no_yes(answer: Answer, words: str) -> None:
    assert answer("consent", words, {})[0]["consent"] is None
    assert answer("send_booking", words, {})[0]["send_booking"] is None


def test_opening_the_form_takes_what_was_sent_before(turn: Callable[..., Any]) -> None:
    sent = {"name": "Ana", "contact": "ana@example.com", "for_whom": ""}
    here = turn(sent_request=sent)
    here.latest_message = {"text": "one more please", "intent": {"name": "book_appointment"}, "booking": {}}
    said = here.run(ValidateBookingForm())
    assert (said.slots["visitor_name"], said.slots["contact"]) == ("Ana", "ana@example.com")
    assert said.response == "utter_booking_known_again"


@pytest.mark.parametrize(
    ("problem", "response"), [("gone", "utter_invalid_gone_day"), ("no_such", "utter_invalid_no_such_day")]
)
def test_a_day_that_cannot_be_is_explained_and_the_rest_kept(answer: Answer, problem: str, response: str) -> None:
    slots, messages = answer("wish", "back massage on the 31st of February", {"body": ["back"], "problem": problem})
    assert slots["wish"] is None
    assert slots["booking_parts"]["wish"] == {"body": ["back"]}
    assert messages[0]["response"] == response


def test_an_area_that_is_ill_is_no_wish_and_another_one_is(answer: Answer) -> None:
    found = given(
        {}, {"body": ["leg", "ankle"], "when": [{"day": "mon"}]}, "legs on Monday, I broke my ankle", "", studio(),
        ["legs on Monday, I broke my ankle"],
    )  # fmt: skip
    assert found.wish.body == ("leg",)


def test_the_second_name_of_two_people_is_asked_for_where_one_is_known(answer: Answer) -> None:
    parts = {"wish": {"for_whom": "two_people", "body": ["back"]}}
    slots, _ = answer(
        "wish", "back on friday", {"body": ["back"], "when": [{"day": "fri"}]}, visitor_name="Dana", booking_parts=parts
    )
    assert "companion" not in slots
    slots, _ = answer(
        "wish",
        "back on friday",
        {"body": ["back"], "when": [{"day": "fri"}]},
        visitor_name="Dana and Joel",
        booking_parts=parts,
    )
    assert slots["companion"] == ""
