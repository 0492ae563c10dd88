"""The preferred therapist of docs/extending.md; run by tests/test_extending.py in a copy of the project that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_hand_off_booking import ActionHandOffBooking
from actions.validate_booking_form import ValidateBookingForm
from lamoon.booking import BookingStore
from lamoon.booking.form import answers, answers_question, changeable_parts, read_back, read_change
from lamoon.booking.mail import body
from lamoon.phrasebook import phrase
from lamoon.screening.conditions import load_facts

SLOT = "preferred_therapist"


def answered(
    turn: Callable[..., Any], slot: str, value: str, **slots: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    here = turn(**{"requested_slot": slot, **slots, slot: value})
    here.form = "booking_form"
    here.events = [{"event": "action", "name": "booking_form"}, {"event": "slot", "name": slot, "value": value}]
    said = here.run(ValidateBookingForm())
    return said.slots, said.messages


def test_an_answer_is_kept(turn: Callable[..., Any]) -> None:
    assert answered(turn, SLOT, "  Anna,\nplease ") == ({SLOT: "Anna, please"}, [])


def test_what_is_no_answer_is_rejected_with_help(turn: Callable[..., Any]) -> None:
    slots, (message,) = answered(turn, SLOT, "?!", form_misses={SLOT: 1})
    assert slots == {SLOT: None, "form_misses": {SLOT: 2}}
    assert (message["response"], message["then"]) == ("utter_invalid_no_words", f"utter_hint_{SLOT}")
    assert phrase(message["then"])


@pytest.mark.parametrize(
    ("text", "intent", "is_answer"),
    [("Anna", "out_of_scope", True), ("is Anna in on Tuesday?", "out_of_scope", False), ("stop", "stop", False)],
)
def test_which_messages_answer(text: str, intent: str, is_answer: bool) -> None:
    assert answers_question(SLOT, text, intent, 0.9, "US") is is_answer


def test_it_is_read_back_and_can_be_changed(turn: Callable[..., Any], filled: dict[str, Any]) -> None:
    said = read_back({**filled, SLOT: "Anna"}, load_facts())
    assert "Wish: neck, Tuesday after five\nPreferred therapist: Anna\n" in said
    assert "the therapist" in changeable_parts()
    assert read_change("another therapist please") == SLOT
    slots, messages = answered(turn, "send_booking", "change the therapist", **{SLOT: "Anna"})
    assert (slots, messages) == ({"send_booking": None, SLOT: None}, [])


def test_it_reaches_the_store_the_mail_and_the_desk(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    said = turn(**filled, **{SLOT: "Anna"}).run(ActionHandOffBooking())
    assert said.response == "utter_booking_sent"
    assert said.slots[SLOT] is None
    (row,) = store.list()
    assert row.request.details == {SLOT: "Anna"}
    assert "Preferred therapist, in their own words:\n> Anna\n" in body(row.request)
    assert (SLOT, "Preferred therapist", "Anna") in list(answers(row.request))
