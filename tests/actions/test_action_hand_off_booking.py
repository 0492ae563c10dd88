"""The end of the booking form: stored with its notice before it is confirmed to the visitor, or not confirmed at
all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from actions.action_hand_off_booking import ActionHandOffBooking
from actions.guided_form import FORM_SLOTS, GIVEN
from lamoon.booking import BookingStore, DisclosedCondition
from lamoon.storage.tables import outbox, requests

CLOT = {"id": "blood_clot", "words": "I had a clot"}
EMPTY = dict.fromkeys(FORM_SLOTS)


def test_a_request_is_stored_and_its_reference_told(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    said = turn(**filled).run(ActionHandOffBooking())
    (row,) = store.list()
    assert said.response == "utter_booking_sent"
    told = said.messages[0]
    assert (told["visitor_name"], told["contact"], told["reference"]) == (
        "Maria Lopez",
        "maria@example.com",
        row.request.reference,
    )
    request = row.request
    assert (row.status, request.kind, request.hold, request.screening) == ("queued", "booking", False, "no")
    assert (request.wish, request.consent, request.channel) == ("neck, Tuesday after five", True, "rest")
    assert said.slots == EMPTY | {
        "sent_request": {
            "visitor_name": "Maria Lopez",
            "name": "Maria Lopez",
            "contact": "maria@example.com",
            "reference": request.reference,
            "wish": "neck, Tuesday after five",
            "for_whom": "",
            "hold": False,
        }
    }


def test_an_open_condition_holds_the_request(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    ledger = {
        "open": [CLOT],
        "retracted": [{"id": "infection", "words": "a cold"}],
        "warned": ["blood_clot"],
        "notes": ["my qi"],
    }
    said = turn(**filled, health_ledger=ledger).run(ActionHandOffBooking())
    request = store.list()[0].request
    assert said.response == "utter_booking_sent_on_hold"
    assert request.hold
    assert request.conditions == (DisclosedCondition("blood_clot", "I had a clot", hold=True),)
    assert [condition.id for condition in request.retracted] == ["infection"]
    assert request.health_words == "my qi"
    assert said.slots.pop("sent_request")["hold"]
    assert {**said.slots, "sent_request": None} == EMPTY | {"booking_hold": True, "sent_request": None}


def test_a_hold_of_the_conversation_is_kept(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    said = turn(**filled, booking_hold=True).run(ActionHandOffBooking())
    assert said.response == "utter_booking_sent_on_hold"
    assert store.list()[0].request.hold


@pytest.mark.parametrize("record", ["gone", ["blood_clot"], {"open": "x"}, {"open": [{"words": "a clot"}]}])
def test_a_health_record_that_cannot_be_read_holds(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any], record: object
) -> None:
    said = turn(**filled, health_ledger=record).run(ActionHandOffBooking())
    request = store.list()[0].request
    assert said.response == "utter_booking_sent_on_hold"
    assert request.hold
    assert "could not be read" in request.health_words


def test_a_condition_that_left_the_catalogue_holds(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    turn(**filled, health_ledger={"open": [{"id": "gone"}]}).run(ActionHandOffBooking())
    assert store.list()[0].request.hold


def test_a_condition_that_only_a_doctor_is_asked_about_does_not_hold(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    said = turn(**filled, health_ledger={"open": [{"id": "diabetes", "words": "diabetic"}]}).run(ActionHandOffBooking())
    assert said.response == "utter_booking_sent"
    assert store.list()[0].request.conditions == (DisclosedCondition("diabetes", "diabetic", hold=False),)


@pytest.mark.parametrize(
    ("screening", "details", "stored"),
    [("yes", "a hernia", "details"), ("details", "a hernia", "details"), ("yes", "", "yes"), (None, "", "not_asked")],
)
def test_anything_but_a_clear_no_holds(
    turn: Callable[..., Any],
    store: BookingStore,
    filled: dict[str, Any],
    screening: str | None,
    details: str,
    stored: str,
) -> None:
    slots = filled | {"health_screening": screening, "health_details": details}
    assert turn(**slots).run(ActionHandOffBooking()).response == "utter_booking_sent_on_hold"
    request = store.list()[0].request
    assert (request.hold, request.screening, request.health_words) == (True, stored, details)


@pytest.mark.parametrize(
    "missing", [{"consent": "no"}, {"consent": None}, {"send_booking": "no"}, {"send_booking": None}, {"consent": True}]
)
def test_without_consent_and_a_yes_nothing_is_stored(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any], missing: dict[str, Any]
) -> None:
    said = turn(**filled | missing).run(ActionHandOffBooking())
    assert said.response == "utter_booking_not_sent"
    assert said.slots == EMPTY
    assert store.list() == []


@pytest.mark.parametrize("missing", [{"contact": None}, {"contact": "at home"}, {"wish": None}, {"wish": ""}])
def test_a_missing_part_is_an_apology_and_nothing_is_stored(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any], missing: dict[str, Any]
) -> None:
    assert turn(**filled | missing).run(ActionHandOffBooking()).response == "utter_unavailable"
    assert store.list() == []


def test_an_unread_health_answer_is_sent_on_hold_rather_than_lost(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    slots = filled | {"health_screening": "Yes, I have a blood clot"}
    assert turn(**slots).run(ActionHandOffBooking()).response == "utter_booking_sent_on_hold"
    assert store.list()[0].request.hold


def test_a_second_call_of_the_same_form_stores_nothing_more(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    here = turn(**filled)
    here.events = [{"event": "active_loop", "name": "booking_form", "timestamp": 5.0}]
    first, second = here.run(ActionHandOffBooking()), here.run(ActionHandOffBooking())
    assert len(store.list()) == 1
    assert first.messages[0]["reference"] == second.messages[0]["reference"]


def test_a_second_form_of_the_conversation_is_a_second_request(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    here = turn(**filled)
    for moment in (5.0, 6.0):
        here.events += [
            {"event": "active_loop", "name": "booking_form", "timestamp": moment},
            {"event": "active_loop", "name": "handoff_form", "timestamp": moment + 0.1},
        ]
        here.run(ActionHandOffBooking())
    assert len(store.list()) == 2


def test_a_form_that_ends_does_not_start_a_new_run(
    turn: Callable[..., Any], store: BookingStore, filled: dict[str, Any]
) -> None:
    here = turn(**filled)
    here.events = [
        {"event": "active_loop", "name": "booking_form", "timestamp": 5.0},
        {"event": "active_loop", "name": None, "timestamp": 6.0},
    ]
    here.run(ActionHandOffBooking())
    assert store.list()[0].request.run_id == "booking_form-5.0"


def test_a_store_that_fails_is_never_told_as_sent(
    turn: Callable[..., Any], break_store: Callable[..., None], settings_of_test: Path, filled: dict[str, Any]
) -> None:
    break_store(outbox)
    said = turn(**filled).run(ActionHandOffBooking())
    assert said.response == "utter_unavailable"
    assert said.events == []
    with closing(sqlite3.connect(settings_of_test / "lamoon.db")) as connection:
        assert connection.execute(f"SELECT count(*) FROM {requests.name}").fetchone() == (0,), "both or neither"


def test_what_was_agreed_to_is_kept_with_words_and_time(
    turn: Callable[..., Any], filled: dict[str, Any], store: BookingStore
) -> None:
    here = turn(**filled)
    asked = {"utter_action": "utter_ask_booking_form_consent"}
    here.events = [
        {"event": "bot", "text": "May I send it, including anything about health?", "metadata": asked},
        {"event": "user", "text": "yes"},
        {"event": "slot", "name": "consent", "value": GIVEN, "timestamp": 1_900_000_000.0},
    ]
    here.run(ActionHandOffBooking())
    found = store.list()[0].request.consents
    assert [consent.to for consent in found] == ["contact", "health"]
    assert {consent.text for consent in found} == {"May I send it, including anything about health?"}
    assert {consent.at.timestamp() for consent in found} == {1_900_000_000.0}


def test_a_consent_that_was_not_asked_for_is_not_recorded(
    turn: Callable[..., Any], filled: dict[str, Any], store: BookingStore
) -> None:
    turn(**filled).run(ActionHandOffBooking())
    assert store.list()[0].request.consents == ()
