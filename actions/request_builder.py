"""Build requests to the studio from a tracker's slots."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.guided_form import GIVEN
from actions.resources import studio
from lamoon.booking import BookingRequest, Contact, DisclosedCondition, Invalid, parse_contact
from lamoon.booking.consent import Consent, given
from lamoon.booking.form import DETAILS, asked_by, health_notes, is_for
from lamoon.booking.request import LONGEST, NO_NAME, SCREENINGS, one_of
from lamoon.contract import BOOKING_HOLD, HEALTH_RECORD, UNREADABLE_RECORD, ConversationName, Disclosure, HealthRecord
from lamoon.errors import ContractError, RequestError
from lamoon.screening.conditions import Conditions


def request_from(tracker: Tracker, catalogue: Conditions) -> BookingRequest:
    """Return the booking request from the form's answers, with all health disclosures of the conversation.

    Raises:
        RequestError: when a part is missing; nothing is sent then.
    """
    answer = str(tracker.get_slot("health_screening") or "not_asked")
    details = str(tracker.get_slot("health_details") or "")
    if answer not in SCREENINGS:  # never screened: kept in the visitor's words, and held
        answer, details = "details", f"{answer} {details}".strip()
    return BookingRequest(
        kind="booking",
        wish=_answer(tracker, "booking_form", "wish"),
        screening=one_of("screening", "details" if answer == "yes" and details else answer, SCREENINGS),
        health_words=_health_words(tracker, details),
        **_common(tracker, catalogue, "booking_form"),
    )


def question_from(tracker: Tracker, catalogue: Conditions) -> BookingRequest:
    """Return the question for a person.

    Raises:
        RequestError: when a part is missing; nothing is sent then.
    """
    return BookingRequest(
        kind="handoff",
        wish=_answer(tracker, "handoff_form", "wish"),
        health_words=_health_words(tracker, ""),
        **_common(tracker, catalogue, "handoff_form"),
    )


def _common(tracker: Tracker, catalogue: Conditions, form: str) -> dict[str, Any]:
    record = _record(tracker)
    return {
        "conversation_id": tracker.sender_id,
        "run_id": _run_id(tracker, form),
        "name": str(tracker.get_slot("visitor_name") or NO_NAME),
        "contact": _contact(tracker),
        "consent": _answer(tracker, form, "consent") == GIVEN,
        "consents": _consents(tracker, form),
        "details": _details(tracker, form),
        "conditions": tuple(condition_of(entry, catalogue) for entry in record.open) if record else (),
        "retracted": tuple(condition_of(entry, catalogue) for entry in record.retracted) if record else (),
        "hold": record is None or bool(tracker.get_slot(BOOKING_HOLD)),
        "channel": _channel(tracker),
    }


def _answer(tracker: Tracker, form: str, kept_as: str) -> str:
    """Return the form's answer for this field of the request; empty if there is none."""
    slots = [question.slot for question in asked_by(form) if question.kept_as == kept_as]
    return next((str(tracker.get_slot(slot)) for slot in slots if tracker.get_slot(slot)), "")


def _details(tracker: Tracker, form: str) -> dict[str, str]:
    """Return the form's answers without their own field."""
    slots = [question.slot for question in asked_by(form) if question.kept_as == DETAILS]
    found = {slot: str(tracker.get_slot(slot)) for slot in slots if tracker.get_slot(slot)}
    if form == "booking_form" and is_for(tracker.slots) == "child" and _answer(tracker, form, "consent") == GIVEN:
        found["guardian"] = "agrees, as the visitor said yes to being one"
    return found


def _consents(tracker: Tracker, form: str) -> tuple[Consent, ...]:
    """Return the consents of the yes to the form's question: the words displayed before it, and its time."""
    slots = {question.slot for question in asked_by(form) if question.kept_as == "consent"}
    asks = {f"utter_ask_{form}_{slot}" for slot in slots}
    shown = ""
    found: tuple[Consent, ...] = ()
    for event in tracker.events:
        if event["event"] == "bot" and (event.get("metadata") or {}).get("utter_action") in asks:
            shown = str(event.get("text") or "")
        elif event["event"] == "slot" and event["name"] in slots and event["value"] == GIVEN and shown:
            found = (*given(shown, event["timestamp"]),)
    return found


def _record(tracker: Tracker) -> HealthRecord | None:
    """Return the health record; None if it cannot be read, and the request is held."""
    try:
        return HealthRecord.from_slot(tracker.get_slot(HEALTH_RECORD))
    except ContractError:
        return None


def _channel(tracker: Tracker) -> str:
    """Return the channel: the gateway prefixes a conversation's name with it, other programs use REST."""
    named = ConversationName.read(tracker.sender_id)
    return named.channel if named else str(tracker.get_latest_input_channel() or "rest")


def _contact(tracker: Tracker) -> Contact:
    contact = parse_contact(str(tracker.get_slot("contact") or ""), studio().country)
    if isinstance(contact, Invalid):
        raise RequestError("there is no contact: expected the slot `contact` to hold what the form accepted")
    return contact


def condition_of(disclosure: Disclosure, catalogue: Conditions) -> DisclosedCondition:
    """Return the condition for the request; one that is not in the catalogue holds the booking."""
    known = catalogue.conditions.get(disclosure.id)
    return DisclosedCondition(disclosure.id, disclosure.words, hold=known.hold if known else True)


def _health_words(tracker: Tracker, details: str) -> str:
    """Return the visitor's words that the screening could not classify."""
    record = _record(tracker)
    words = (
        health_notes(details, record, with_quoted=True)
        if record
        else [words for words in (details, UNREADABLE_RECORD) if words]
    )
    return "; ".join(words)[: LONGEST["health_words"]]


def _run_id(tracker: Tracker, form: str) -> str:
    """Identify this run of the form, however often the action is called."""
    starts = [
        event["timestamp"] for event in tracker.events if event["event"] == "active_loop" and event["name"] == form
    ]
    return f"{form}-{starts[-1] if starts else 'unknown'}"
