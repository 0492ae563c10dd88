"""Whatever the order of what a visitor says, the request is the same; and no path confirms a held one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.action_hand_off_booking import ActionHandOffBooking
from actions.guided_form import CONFIRMED, GIVEN
from actions.validate_booking_form import ValidateBookingForm
from lamoon.booking import BookingStore
from lamoon.booking.form import asked_by, read_back
from lamoon.booking.reading.message import read_message
from lamoon.screening.conditions import load_facts

NOW = datetime(2026, 11, 30, 10)
ASKED = {"visitor_name": "name", "contact": "contact", "wish": "wish"}
FACTS = ("my name is Ana Pell", "ana@example.com", "Friday at 2 pm", "deep tissue on my back")
CORRECTED = (
    ("Thursday at 3 pm", "no, Friday at 2 pm"),
    ("you can reach me at old@example.com", "use ana@example.com instead"),
    ("I'd like a facial", "actually, make it deep tissue"),
    ("put it under the name Anna Bell", "sorry, my name is Ana Pell"),
)
RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Conversation:
    """The booking form as Rasa runs it, without the classifier: each message may answer the open question."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.turns = 0

    @property
    def open_question(self) -> str:
        return next((one.slot for one in asked_by("booking_form") if self.slots.get(one.slot) is None), "")

    def say(self, text: str) -> None:
        """One message, read and validated."""
        asked = self.open_question
        self.turns += 1
        reading = read_message(text, ASKED.get(asked), now=NOW).as_json()  # type: ignore[arg-type]
        message = {"text": text, "intent": {"name": "inform"}, "booking": reading}
        events = [
            {"event": "user", "text": text, "timestamp": float(self.turns)},
            {"event": "action", "name": "booking_form"},
            {"event": "slot", "name": asked, "value": text},
        ]
        slots = {**self.slots, "requested_slot": asked, asked: text}
        loop = {"name": "booking_form"}
        tracker = Tracker("visitor", slots, message, events, False, None, loop, "action_listen")
        found = ValidateBookingForm().run(CollectingDispatcher(), tracker, {})
        for event in asyncio.run(found):
            self.slots[event["name"]] = event["value"]


def played(messages: Sequence[str]) -> dict[str, Any]:
    talk = Conversation()
    for text in messages:
        talk.say(text)
    return talk.slots


def in_parts(slots: dict[str, Any]) -> tuple[Any, ...]:
    wish = slots["booking_parts"]["wish"]
    return (
        slots["visitor_name"],
        slots["contact"],
        wish["services"],
        wish.get("body"),
        wish["when"][0]["day"],
        wish["when"][0]["from"],
    )


@pytest.mark.usefixtures("store")
@RELAXED
@given(order=st.permutations(FACTS))
def test_any_order_of_answers_gives_the_same_request(order: list[str]) -> None:
    assert in_parts(played(order)) == ("Ana Pell", "ana@example.com", ["deep_tissue"], ["back"], "fri", "14:00")


@pytest.mark.usefixtures("store")
@RELAXED
@given(order=st.permutations(range(4)), interleaved=st.booleans())
def test_corrections_in_any_order_give_the_same_request(order: list[int], interleaved: bool) -> None:
    pairs = [CORRECTED[at] for at in order]
    messages = (
        [text for pair in pairs for text in pair] if interleaved else [*(p[0] for p in pairs), *(p[1] for p in pairs)]
    )
    found = in_parts(played(messages))
    assert (found[0], found[1], found[2], found[4], found[5]) == (
        "Ana Pell",
        "ana@example.com",
        ["deep_tissue"],
        "fri",
        "14:00",
    )


@pytest.mark.usefixtures("store")
@RELAXED
@given(order=st.permutations(FACTS))
def test_what_is_read_back_is_what_was_said(order: list[str]) -> None:
    slots = {**played(order), "health_screening": "no"}
    lines = read_back(slots, load_facts()).splitlines()
    assert lines == [
        "Name: Ana Pell",
        "Contact: ana@example.com",
        f"Wish: {slots['wish']}",
        "Health: nothing to report",
    ]


@RELAXED
@given(
    screening=st.sampled_from([None, "no", "yes", "details", "hm"]),
    details=st.sampled_from(["", "a hernia"]),
    hold=st.booleans(),
    conditions=st.lists(st.sampled_from(["blood_clot", "pregnancy", "diabetes", "unheard_of"]), max_size=2),
    ledger_is_broken=st.booleans(),
    confirmed=st.booleans(),
)
def test_no_path_confirms_a_held_request(
    store: BookingStore,
    screening: str | None,
    details: str,
    hold: bool,
    conditions: list[str],
    ledger_is_broken: bool,
    confirmed: bool,
) -> None:
    ledger: Any = {
        "open": [{"id": one, "words": one} for one in conditions],
        "retracted": [],
        "warned": [],
        "notes": [],
    }
    slots = {
        "visitor_name": "Ana", "contact": "ana@example.com", "wish": "back, Friday", "consent": GIVEN,
        "send_booking": CONFIRMED if confirmed else None, "health_screening": screening, "health_details": details,
        "booking_hold": hold, "health_ledger": "broken" if ledger_is_broken else ledger,
    }  # fmt: skip
    before = len(store.list(limit=1000))
    dispatcher = CollectingDispatcher()
    ActionHandOffBooking().run(dispatcher, Tracker("v", slots, {}, [], False, None, {}, ""), {})
    said = [message["response"] for message in dispatcher.messages]
    new = store.list(limit=1000)[before:]
    assert len(new) <= int(confirmed)
    if not confirmed:
        assert said == ["utter_booking_not_sent"]
    elif new:
        must_hold = bool(hold or ledger_is_broken or screening != "no")
        assert new[0].request.hold or not must_hold
        assert said == ["utter_booking_sent_on_hold" if new[0].request.hold else "utter_booking_sent"]
