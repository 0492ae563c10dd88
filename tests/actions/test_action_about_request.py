"""Messages about a sent request: status, addition, move, withdrawal, lookup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from actions import resources
from actions.action_about_request import ActionAboutRequest
from actions.action_hand_off_booking import ActionHandOffBooking
from lamoon.booking import BookingStore, DisclosedCondition
from lamoon.booking.appointment import Appointment
from lamoon.booking.outbox import Outbox

CLOT = {"id": "blood_clot", "status": "affirmed", "text": "a clot"}
MOTHERS = {"id": "diabetes", "status": "other_person", "text": "diabetes"}


@pytest.fixture
def say(turn: Callable[..., Any], filled: dict[str, Any]) -> Callable[..., Any]:
    """Send a request, then say something of it."""
    sent = turn(**filled).run(ActionHandOffBooking()).slots["sent_request"]

    def about(move: str, *conditions: dict[str, str], intent: str = "about_request", when: Any = ()) -> Any:
        here = turn(sent_request=sent)
        here.latest_message = {
            "text": "words",
            "intent": {"name": intent},
            "booking": {"move": move, "when": list(when)},
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
    outbox = Outbox(store.database, ["studio_email"])
    first = outbox.claim()
    assert first is not None
    assert outbox.mark_sent(first)
    said = say("add", CLOT, MOTHERS)
    (row,) = store.list()
    assert said.response == "utter_request_added_on_hold"
    assert said.slots["booking_hold"] is True
    assert row.request.hold
    assert row.request.conditions == (DisclosedCondition("blood_clot", "a clot", hold=True),)
    assert (row.state, resources.changes().history(row.request.reference)[-1].words) == ("held", "words")
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
    assert store.list()[0].state == "cancelled"


def test_without_a_request_there_is_nothing(turn: Callable[..., Any]) -> None:
    assert turn().run(ActionAboutRequest()).response == "utter_request_unknown"


def test_a_request_that_was_deleted_meanwhile(say: Callable[..., Any], store: BookingStore) -> None:
    store.forget("visitor-1")
    said = say("status")
    assert (said.response, said.slots) == ("utter_request_unknown", {"sent_request": None})


def decide(store: BookingStore, event: Any, actor: Any = "staff") -> None:
    appointment = Appointment(datetime(2030, 1, 8, 22, 30, tzinfo=UTC), 60) if event == "confirmed" else None
    reference = store.list()[0].request.reference
    resources.changes().record(reference, event, actor, words="words", appointment=appointment)


@pytest.mark.parametrize(
    ("event", "actor", "response"),
    [
        ("seen", "staff", "utter_request_status"),
        ("held", "visitor", "utter_request_status"),
        ("confirmed", "staff", "utter_request_status_confirmed"),
        ("change_asked", "visitor", "utter_request_status_change_asked"),
        ("declined", "staff", "utter_request_status_declined"),
        ("withdrawn", "visitor", "utter_request_status_cancelled"),
        ("done", "staff", "utter_request_status_done"),
    ],
)
def test_the_status_is_what_the_team_decided(
    say: Callable[..., Any], store: BookingStore, event: str, actor: str, response: str
) -> None:
    decide(store, event, actor)
    assert say("status").response == response


def test_a_confirmed_one_says_when(say: Callable[..., Any], store: BookingStore) -> None:
    decide(store, "confirmed")
    assert say("status").messages[0]["appointment"] == "Tuesday, January 8, at 10:30 pm (60 minutes)"


@pytest.mark.parametrize(
    ("when", "response"), [([{"day": "fri"}], "utter_request_change_asked"), ([], "utter_ask_request_change")]
)
def test_another_time_goes_to_the_team_at_once(
    say: Callable[..., Any], store: BookingStore, when: list[Any], response: str
) -> None:
    assert say("change", when=when).response == response
    (row,) = store.list()
    assert row.state == "change_asked"
    assert resources.changes().history(row.request.reference)[-1].words == "words"


def test_a_change_of_what_is_over_says_how_it_stands(say: Callable[..., Any], store: BookingStore) -> None:
    decide(store, "declined")
    assert say("change").response == "utter_request_status_declined"
    assert say("called_off").response == "utter_request_status_declined"


def test_a_yes_to_the_reminder_reaches_the_team(say: Callable[..., Any], store: BookingStore) -> None:
    assert say("comes").response == "utter_request_status", "there is no appointment yet"
    decide(store, "confirmed")
    assert say("comes").response == "utter_request_comes"
    assert resources.changes().history(store.list()[0].request.reference)[-1].event == "comes"


class Stranger:
    """Another conversation, which knows a reference and perhaps the contact."""

    def __init__(self, turn: Callable[..., Any]) -> None:
        self._turn = turn
        self.slots: dict[str, Any] = {}

    def says(self, text: str, move: str = "status", reference: str = "") -> Any:
        here = self._turn(**self.slots)
        here.sender = "telegram-other-0"
        here.latest_message = {
            "text": text,
            "intent": {"name": "about_request"},
            "booking": {"move": move, "reference": reference} if reference else {"move": move},
        }
        said = here.run(ActionAboutRequest())
        self.slots |= said.slots
        return said


@pytest.fixture
def stranger(turn: Callable[..., Any], filled: dict[str, Any]) -> Stranger:
    turn(**filled).run(ActionHandOffBooking())
    return Stranger(turn)


def test_a_reference_and_its_contact_in_two_messages_find_it(stranger: Stranger, store: BookingStore) -> None:
    reference = store.list()[0].request.reference
    assert stranger.says("how is it?", reference=reference).response == "utter_ask_request_contact"
    assert stranger.says("maria@example.com", "identify").response == "utter_request_status"
    assert stranger.slots["sent_request"]["reference"] == reference
    assert stranger.slots["request_lookup"] is None


def test_what_was_asked_is_done_once_it_is_found(stranger: Stranger, store: BookingStore) -> None:
    reference = store.list()[0].request.reference
    stranger.says("move it to another day", "change", reference)
    assert stranger.says("maria@example.com", "identify").response == "utter_ask_request_change"
    assert resources.changes().history(reference)[-1].words == "move it to another day"


def test_a_wrong_contact_reads_like_a_reference_that_does_not_exist(stranger: Stranger, store: BookingStore) -> None:
    reference = store.list()[0].request.reference
    said = [
        [
            stranger.says("how is it?", reference=named).messages,
            stranger.says("someone@example.com", "identify").messages,
            stranger.says("it's not there? someone@example.org", "identify").messages,
        ]
        for named in (reference, "LM-33333")
    ]
    assert said[0] == said[1]
    assert stranger.slots.get("sent_request") is None


def test_after_too_many_tries_the_right_contact_is_refused_too(stranger: Stranger, store: BookingStore) -> None:
    reference = store.list()[0].request.reference
    for number in range(5):
        stranger.says(f"mine is no{number}@example.com", reference=reference)
    assert stranger.says("maria@example.com", reference=reference).response == "utter_request_tries"


@pytest.mark.parametrize(("move", "response"), [("take_time", "utter_offer_over"), ("pass_time", "utter_offer_over")])
def test_an_offer_that_is_not_there_cannot_be_taken(say: Callable[..., Any], move: str, response: str) -> None:
    assert say(move).response == response
