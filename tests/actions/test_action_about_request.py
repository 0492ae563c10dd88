"""What a visitor says of a request that was sent: answered from it, added to it, or withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_about_request import ActionAboutRequest
from actions.action_hand_off_booking import ActionHandOffBooking
from lamoon.booking import BookingStore, DisclosedCondition
from lamoon.booking.outbox import Outbox

CLOT = {"id": "blood_clot", "status": "affirmed", "text": "a clot"}
MOTHERS = {"id": "diabetes", "status": "other_person", "text": "diabetes"}


@pytest.fixture
def say(turn: Callable[..., Any], filled: dict[str, Any]) -> Callable[..., Any]:
    """Sends a request, then says something of it."""
    sent = turn(**filled).run(ActionHandOffBooking()).slots["sent_request"]

    def about(move: str, *conditions: dict[str, str], intent: str = "about_request") -> Any:
        here = turn(sent_request=sent)
        here.latest_message = {
            "text": "words",
            "intent": {"name": intent},
            "booking": {"move": move},
            "safety": {"conditions": list(conditions)},
        }
        return here.run(ActionAboutRequest())

    return about


@pytest.mark.parametrize(
    ("move", "response"),
    [
        ("reference", "utter_request_reference"),
        ("status", "utter_request_status"),
        ("when", "utter_request_when"),
        ("call_off", "utter_ask_call_off"),
        ("kept", "utter_request_kept"),
        ("unknown", "utter_request_status"),
    ],
)
def test_a_question_is_answered_from_the_request(
    say: Callable[..., Any], store: BookingStore, move: str, response: str
) -> None:
    said = say(move)
    assert said.response == response
    assert said.messages[0]["reference"] == store.list()[0].request.reference
    assert store.list()[0].request.details == {}


def test_a_condition_said_later_holds_the_request_and_is_mailed_again(
    say: Callable[..., Any], store: BookingStore
) -> None:
    outbox = Outbox(store.database)
    first = outbox.claim()
    assert first is not None
    assert outbox.mark_sent(first)
    said = say("add", CLOT, MOTHERS)
    (row,) = store.list()
    assert said.response == "utter_request_added_on_hold"
    assert said.slots["booking_hold"] is True
    assert row.request.hold
    assert row.request.conditions == (DisclosedCondition("blood_clot", "a clot", hold=True),)
    assert row.request.details == {"said_later": "words"}
    again = outbox.claim()
    assert again is not None
    assert again.key != first.key


def test_an_emergency_said_later_reaches_the_request(say: Callable[..., Any], store: BookingStore) -> None:
    assert say("", CLOT, intent="emergency").response == "utter_request_added_on_hold"
    assert store.list()[0].request.hold


def test_what_holds_nothing_is_added_without_a_hold(say: Callable[..., Any], store: BookingStore) -> None:
    said = say("add", {**MOTHERS, "status": "affirmed"})
    assert (said.response, said.slots, store.list()[0].request.hold) == ("utter_request_added", {}, False)


def test_calling_it_off_tells_the_team_and_ends_it(say: Callable[..., Any], store: BookingStore) -> None:
    said = say("called_off")
    assert (said.response, said.slots) == ("utter_request_called_off", {"sent_request": None})
    assert store.list()[0].request.details == {"said_later": "The visitor withdraws this request."}


def test_without_a_request_there_is_nothing(turn: Callable[..., Any]) -> None:
    assert turn().run(ActionAboutRequest()).response == "utter_nothing_to_stop"


def test_no_request_to_amend(store: BookingStore) -> None:
    assert store.amend("LM-00000") is False
