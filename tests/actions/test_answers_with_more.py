"""Answers of the booking form with something beside them: a name, a denial, another person, a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.guided_form import GIVEN
from actions.validate_booking_form import ValidateBookingForm

Answer = Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]


def test_a_wish_said_again_at_the_health_question_is_no_health(answer: Answer) -> None:
    parts = {"wish": {"when": [{"day": "fri"}], "body": ["back"]}}
    slots, _ = answer(
        "health_screening", "friday, as I said", {"when": [{"day": "fri"}]}, wish="back, Friday", booking_parts=parts
    )
    assert slots["health_screening"] is None


def test_the_known_name_beside_a_yes_is_nothing_new(answer: Answer) -> None:
    assert answer("consent", "yes, Ada Moss is correct", visitor_name="Ada Moss")[0]["consent"] == GIVEN
    assert answer("consent", "yes, Ida Moss is correct", visitor_name="Ada Moss")[0]["consent"] is None


@pytest.mark.parametrize("text", ["nope, none", "all healthy here, no illnesses", "lol fine"])
def test_a_denial_is_never_a_wish(answer: Answer, text: str) -> None:
    slots, (message,) = answer("wish", text, {})
    assert slots["wish"] is None
    assert "health_screening" not in slots
    assert message["response"] in ("utter_invalid_no_wish", "utter_health_comes_later")


def test_another_person_is_asked_for_by_name_and_about_health(answer: Answer) -> None:
    reading = {"for_other": True, "for_whom": "father"}
    known = {"visitor_name": "Ada Moss", "contact": "ada@example.com", "wish": "neck", "health_screening": "no"}
    slots, (message,) = answer("consent", "rather make it for dad", reading, **known, health_details="")
    assert (slots["visitor_name"], slots["health_screening"], slots["consent"]) == (None, None, None)
    assert "contact" not in slots
    assert message["response"] == "utter_for_other"


def test_an_answer_that_had_a_question_beside_it_is_read(turn: Callable[..., Any]) -> None:
    here = turn(requested_slot="health_screening")
    here.form = "booking_form"
    here.latest_message = {
        "text": "none at all",
        "intent": {"name": "inform"},
        "booking": {},
        "screening_answer": "no",
        "answer_beside": True,
    }
    here.events = [{"event": "action", "name": "action_listen"}]
    assert here.run(ValidateBookingForm()).slots["health_screening"] == "no"


def test_an_answer_beside_a_question_about_the_form_is_kept(answer: Answer) -> None:
    beside = {"text": "my calves, friday", "booking": {"body": ["calf"], "when": [{"day": "fri"}]}}
    reading = {"move": "how_long", "beside": beside}
    slots, (message,) = answer("wish", "my calves, friday, when do they reply?", reading)
    assert (slots["wish"], message["response"]) == ("calves, Friday", "utter_form_how_long")
