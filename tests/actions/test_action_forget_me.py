"""Delete what is stored about a conversation as the visitor has answered, and only that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_forget_me import ActionForgetMe
from actions.action_hand_off_booking import ActionHandOffBooking
from lamoon.booking import BookingStore
from lamoon.storage.tables import requests

CONVERSATION = "0123456789abcdef" * 2


def test_both_deletes_the_request_of_this_conversation_only(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    here, other = turn(**filled), turn(**filled)
    other.sender = "visitor-2"
    here.run(ActionHandOffBooking())
    other.run(ActionHandOffBooking())
    here.latest_message = {"text": "delete both"}
    said = here.run(ActionForgetMe())
    assert said.response == "utter_forgotten_with_requests"
    assert [row.request.conversation_id for row in store.list()] == ["visitor-2"]
    assert said.events[0] == {"event": "reset_slots", "timestamp": None}
    assert said.slots == {"forget_conversation": True}


def test_both_reaches_requests_from_before_starting_over(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    before, after = turn(**filled), turn()
    before.sender, after.sender = f"web-{CONVERSATION}-0", f"web-{CONVERSATION}-1"
    before.run(ActionHandOffBooking())
    after.latest_message = {"text": "both"}
    assert after.run(ActionForgetMe()).response == "utter_forgotten_with_requests"
    assert store.list() == []


@pytest.mark.parametrize("text", ["yes", "Delete the conversation and keep my request"])
def test_a_request_that_is_not_withdrawn_stays(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any], text: str
) -> None:
    here = turn(**filled)
    here.run(ActionHandOffBooking())
    here.latest_message = {"text": text}
    said = here.run(ActionForgetMe())
    assert said.response == "utter_forgotten_request_kept"
    assert said.slots == {"forget_conversation": True}
    assert len(store.list()) == 1


@pytest.mark.parametrize("text", ["yes", "delete both"])
def test_without_a_request_none_is_named(turn: Callable[..., Any], text: str) -> None:
    here = turn()
    here.latest_message = {"text": text}
    said = here.run(ActionForgetMe())
    assert said.response == "utter_forgotten"
    assert said.slots == {"forget_conversation": True}


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("No, keep everything", "utter_nothing_forgotten"),
        ("do you remember what I said?", "utter_forget_unclear"),
        ("Rose Hill", "utter_forget_unclear"),
    ],
)
def test_anything_but_a_yes_deletes_nothing(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any], text: str, response: str
) -> None:
    here = turn(**filled, deletion_question="asked")
    here.run(ActionHandOffBooking())
    here.latest_message = {"text": text}
    said = here.run(ActionForgetMe())
    assert said.response == response
    assert said.slots == {"deletion_question": None}
    assert [event["event"] for event in said.events] == ["slot"]
    assert len(store.list()) == 1


def test_after_a_no_the_form_that_was_interrupted_goes_on(turn: Callable[..., Any]) -> None:
    here = turn(deletion_question="booking_form", visitor_name="Ann")
    here.latest_message = {"text": "no"}
    said = here.run(ActionForgetMe())
    assert said.slots == {"deletion_question": None}
    assert said.events[-1]["name"] == "booking_form"


def test_a_store_that_fails_is_never_reported_as_done(
    turn: Callable[..., Any], break_store: Callable[..., None]
) -> None:
    break_store(requests)
    here = turn()
    here.latest_message = {"text": "delete both"}
    said = here.run(ActionForgetMe())
    assert said.response == "utter_unavailable"
    assert said.slots == {"deletion_question": None}
