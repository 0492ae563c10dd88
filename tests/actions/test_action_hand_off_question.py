"""A question for a person: stored with its notice before it is confirmed to the visitor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_hand_off_question import ActionHandOffQuestion
from actions.guided_form import FORM_SLOTS, GIVEN, REFUSED
from lamoon.booking import BookingStore
from lamoon.booking.request import NO_NAME

EMPTY = dict.fromkeys(FORM_SLOTS)
ASKED = {"handoff_question": "Do you have parking?", "contact": "+1 212-555-0155", "handoff_consent": GIVEN}


def test_a_question_is_stored_and_its_reference_told(turn: Callable[..., Any], store: BookingStore) -> None:
    said = turn(**ASKED).run(ActionHandOffQuestion())
    (row,) = store.list()
    assert said.response == "utter_question_sent"
    assert said.messages[0]["reference"] == row.request.reference
    assert said.messages[0]["contact"] == "+1 212-555-0155"
    assert (row.request.kind, row.request.wish, row.request.name) == ("handoff", "Do you have parking?", NO_NAME)
    sent = said.slots["sent_request"]
    assert (sent["reference"], sent["contact"]) == (row.request.reference, "+1 212-555-0155")
    assert said.slots == {**EMPTY, "sent_request": sent}


def test_the_consent_to_a_booking_is_no_consent_to_a_question(turn: Callable[..., Any], store: BookingStore) -> None:
    slots = {**ASKED, "handoff_consent": None, "consent": GIVEN}
    assert turn(**slots).run(ActionHandOffQuestion()).response == "utter_booking_not_sent"
    assert store.list() == []


def test_the_name_of_a_booking_is_used(turn: Callable[..., Any], store: BookingStore) -> None:
    turn(**ASKED, visitor_name="Maria").run(ActionHandOffQuestion())
    assert store.list()[0].request.name == "Maria"


def test_health_words_of_the_conversation_go_along(turn: Callable[..., Any], store: BookingStore) -> None:
    ledger = {"open": [{"id": "blood_clot", "words": "a clot"}], "notes": ["my qi", "my qi"]}
    turn(**ASKED, health_ledger=ledger).run(ActionHandOffQuestion())
    request = store.list()[0].request
    assert [condition.id for condition in request.conditions] == ["blood_clot"]
    assert request.health_words == "my qi"


@pytest.mark.parametrize("consent", [REFUSED, "yes", None])
def test_without_consent_nothing_is_stored(turn: Callable[..., Any], store: BookingStore, consent: str | None) -> None:
    said = turn(**ASKED | {"handoff_consent": consent}).run(ActionHandOffQuestion())
    assert said.response == "utter_booking_not_sent"
    assert said.slots == EMPTY
    assert store.list() == []


@pytest.mark.parametrize("missing", ["handoff_question", "contact"])
def test_a_missing_part_is_an_apology_and_nothing_is_stored(
    turn: Callable[..., Any], store: BookingStore, missing: str
) -> None:
    assert turn(**ASKED | {missing: None}).run(ActionHandOffQuestion()).response == "utter_unavailable"
    assert store.list() == []


def test_a_booking_and_a_question_of_one_conversation_are_two(turn: Callable[..., Any], store: BookingStore) -> None:
    here = turn(**ASKED)
    here.events = [{"event": "active_loop", "name": "handoff_form", "timestamp": 1.0}]
    here.run(ActionHandOffQuestion())
    here.events = [*here.events, {"event": "active_loop", "name": "handoff_form", "timestamp": 2.0}]
    here.run(ActionHandOffQuestion())
    assert [row.request.run_id for row in store.list()] == ["handoff_form-1.0", "handoff_form-2.0"]
