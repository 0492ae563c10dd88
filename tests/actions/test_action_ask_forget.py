"""The question that goes before deleting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_ask_forget import ActionAskForget
from actions.action_hand_off_booking import ActionHandOffBooking
from lamoon.booking import BookingStore
from lamoon.storage.tables import requests

CONVERSATION = "0123456789abcdef" * 2
MESSAGE = {"event": "user", "text": "delete my data"}


def form_event(name: str | None) -> dict[str, Any]:
    return {"event": "active_loop", "name": name}


def test_without_a_request_it_asks_yes_or_no(turn: Callable[..., Any]) -> None:
    said = turn().run(ActionAskForget())
    assert said.response == "utter_ask_forget"
    assert said.slots == {"deletion_question": "asked"}


def test_a_request_that_was_sent_is_part_of_the_question_and_stays(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    here = turn(**filled)
    here.run(ActionHandOffBooking())
    assert here.run(ActionAskForget()).response == "utter_ask_forget_with_request"
    assert len(store.list()) == 1


def test_a_request_from_before_starting_over_counts(turn: Callable[..., Any], filled: dict[str, Any]) -> None:
    before, after = turn(**filled), turn()
    before.sender, after.sender = f"web-{CONVERSATION}-0", f"web-{CONVERSATION}-1"
    before.run(ActionHandOffBooking())
    assert after.run(ActionAskForget()).response == "utter_ask_forget_with_request"


@pytest.mark.parametrize(
    ("events", "noted"),
    [
        ([form_event("booking_form"), MESSAGE, form_event(None)], "booking_form"),
        ([form_event("handoff_form"), MESSAGE, form_event(None)], "handoff_form"),
        ([form_event("booking_form"), form_event(None), MESSAGE], "asked"),
        ([MESSAGE], "asked"),
    ],
)
def test_the_form_that_it_breaks_into_is_noted(
    turn: Callable[..., Any], events: list[dict[str, Any]], noted: str
) -> None:
    here = turn()
    here.events = events
    assert here.run(ActionAskForget()).slots == {"deletion_question": noted}


def test_where_the_store_fails_nothing_is_asked(turn: Callable[..., Any], break_store: Callable[..., None]) -> None:
    break_store(requests)
    said = turn().run(ActionAskForget())
    assert said.response == "utter_unavailable"
    assert said.events == []
