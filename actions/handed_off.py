"""From a tracker's slots to a request for the studio."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker

from actions.form_slots import GIVEN
from actions.resources import studio
from lamoon.booking import BookingRequest, Condition, Contact, Refusal, parse_contact
from lamoon.booking.request import LONGEST, SCREENINGS, one_of
from lamoon.errors import RequestError
from lamoon.screening.condition import Conditions

CONSENT = {"booking_form": "consent", "handoff_form": "handoff_consent"}
FROM_GATEWAY = re.compile(r"(?P<channel>[a-z_]+)-[0-9a-f]{32}-\d+")
NO_NAME = "(no name given)"
UNREADABLE = "What was said about health in the conversation could not be read. Please ask."


def request_from(tracker: Tracker, catalogue: Conditions) -> BookingRequest:
    """The booking request that the form has collected, with all that was told about health in the conversation.

    Raises:
        RequestError: when a part is missing; nothing is sent then.
    """
    answer = str(tracker.get_slot("health_screening") or "not_asked")
    details = str(tracker.get_slot("health_details") or "")
    if answer not in SCREENINGS:  # it was never read: kept in the visitor's words, and held
        answer, details = "details", f"{answer} {details}".strip()
    return BookingRequest(
        kind="booking",
        wish=str(tracker.get_slot("wish") or ""),
        screening=one_of("screening", "details" if answer == "yes" and details else answer, SCREENINGS),
        health_words=_health_words(tracker, details),
        **_common(tracker, catalogue, "booking_form"),
    )


def question_from(tracker: Tracker, catalogue: Conditions) -> BookingRequest:
    """The question for a person.

    Raises:
        RequestError: when a part is missing; nothing is sent then.
    """
    return BookingRequest(
        kind="handoff",
        wish=str(tracker.get_slot("handoff_question") or ""),
        health_words=_health_words(tracker, ""),
        **_common(tracker, catalogue, "handoff_form"),
    )


def _common(tracker: Tracker, catalogue: Conditions, form: str) -> dict[str, Any]:
    ledger = _ledger(tracker)
    opened, retracted = ([], []) if ledger is None else (ledger.get("open", []), ledger.get("retracted", []))
    return {
        "conversation_id": tracker.sender_id,
        "run_id": _run_id(tracker, form),
        "name": str(tracker.get_slot("visitor_name") or NO_NAME),
        "contact": _contact(tracker),
        "consent": tracker.get_slot(CONSENT[form]) == GIVEN,
        "conditions": tuple(_condition(entry, catalogue) for entry in opened),
        "retracted": tuple(_condition(entry, catalogue) for entry in retracted),
        "hold": ledger is None or bool(tracker.get_slot("booking_hold")),
        "channel": _channel(tracker),
    }


def _ledger(tracker: Tracker) -> Mapping[str, Any] | None:
    """The conversation's health ledger, empty where nothing was said; None where it cannot be read."""
    ledger = tracker.get_slot("health_ledger")
    if ledger is None:
        return {}
    if not isinstance(ledger, Mapping):
        return None
    entries = [ledger.get(name, []) for name in ("open", "retracted")]
    if not all(isinstance(some, list) and all(isinstance(e, Mapping) and "id" in e for e in some) for some in entries):
        return None
    return ledger


def _channel(tracker: Tracker) -> str:
    """Where the visitor writes: the gateway puts it in front of a conversation's name, other programs use REST."""
    named = FROM_GATEWAY.fullmatch(tracker.sender_id)
    return named["channel"] if named else str(tracker.get_latest_input_channel() or "rest")


def _contact(tracker: Tracker) -> Contact:
    contact = parse_contact(str(tracker.get_slot("contact") or ""), studio().country)
    if isinstance(contact, Refusal):
        raise RequestError("there is no contact: expected the slot `contact` to hold what the form accepted")
    return contact


def _condition(entry: Mapping[str, Any], catalogue: Conditions) -> Condition:
    known = catalogue.conditions.get(entry["id"])
    return Condition(entry["id"], entry.get("words", ""), hold=known.hold if known else True)


def _health_words(tracker: Tracker, details: str) -> str:
    """The visitor's words that the screening could not name."""
    ledger = _ledger(tracker)
    notes = [UNREADABLE] if ledger is None else ledger.get("notes", [])
    return "; ".join(dict.fromkeys(words for words in (details, *notes) if words))[: LONGEST["health_words"]]


def _run_id(tracker: Tracker, form: str) -> str:
    """Names this run of the form, the same however often the action is called."""
    starts = [
        event["timestamp"] for event in tracker.events if event["event"] == "active_loop" and event["name"] == form
    ]
    return f"{form}-{starts[-1] if starts else 'unknown'}"
