"""Deletes what is stored about a conversation, and only that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.action_forget_me import ActionForgetMe
from actions.action_hand_off_booking import ActionHandOffBooking
from lamoon.booking import BookingStore
from lamoon.storage.tables import requests


def test_requests_are_gone_and_the_conversation_is_marked(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    here, other = turn(**filled), turn(**filled)
    other.sender = "visitor-2"
    here.run(ActionHandOffBooking())
    other.run(ActionHandOffBooking())
    said = here.run(ActionForgetMe())
    assert said.response == "utter_forgotten_with_requests"
    assert [row.request.conversation_id for row in store.list()] == ["visitor-2"]
    assert said.events[0] == {"event": "reset_slots", "timestamp": None}
    assert said.slots == {"forget_conversation": True}


def test_where_nothing_was_stored_it_says_so(turn: Callable[..., Any]) -> None:
    said = turn().run(ActionForgetMe())
    assert said.response == "utter_forgotten"
    assert said.slots == {"forget_conversation": True}


def test_a_store_that_fails_is_never_told_as_done(turn: Callable[..., Any], break_store: Callable[..., None]) -> None:
    break_store(requests)
    said = turn().run(ActionForgetMe())
    assert said.response == "utter_unavailable"
    assert said.events == []
