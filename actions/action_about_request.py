"""Messages about a sent request: its status, an addition, another time, a cancellation.

The request is the one sent in this conversation, or one that the visitor identifies by reference and contact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import offered_times
from actions.base import Events, SafeAction
from actions.guided_form import latest_message
from actions.request_builder import condition_of
from actions.resources import catalogue, changes, lookup, store, studio
from lamoon.booking import Invalid, StoredRequest, parse_contact
from lamoon.booking.life import TransitionError
from lamoon.booking.lookup import TriesError
from lamoon.booking.wish import Wish
from lamoon.contract import BOOKING, BOOKING_HOLD, REQUEST_LOOKUP, SENT_REQUEST, Disclosure
from lamoon.phrasebook import say

_SAME_TIME: Final = re.compile(r"\bsame (?:time|hour)\b", re.IGNORECASE)
_CLOCK: Final = re.compile(
    r"\b(?:at|after|before) (?:noon|\d{1,2}(?::\d\d)? [ap]m)|\bbetween [^,]*?(?:noon|[ap]m) and (?:noon|\d{1,2}(?::\d\d)? [ap]m)|\b(?:morning|afternoon|evening)\b"
)
ASKS: Final = {
    "reference": "utter_request_reference",
    "when": "utter_request_when",
    "call_off": "utter_ask_call_off",
    "kept": "utter_request_kept",
}
STATUS: Final = {
    "confirmed": "utter_request_status_confirmed",
    "change_asked": "utter_request_status_change_asked",
    "declined": "utter_request_status_declined",
    "cancelled": "utter_request_status_cancelled",
    "done": "utter_request_status_done",
}
"""Replies by state of the request. In all other states, including on hold, it is with the team: the reason is between
the client and the therapist.
"""


class ActionAboutRequest(SafeAction):
    """Answer from the stored request, and pass the visitor's wish on to the team."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_about_request"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the status of the request, or the result."""
        sent = tracker.get_slot(SENT_REQUEST)
        message = latest_message(tracker)
        booking = message.get(BOOKING) or {}
        move = str(booking.get("move") or "status")
        if (message.get("intent") or {}).get("name") == "emergency":
            move = "add"
        named = str(booking.get("reference") or "")
        if move == "identify" or (named and named != (sent or {}).get("reference")):
            return _find(tracker, dispatcher, named, move, message)
        if not sent:
            dispatcher.utter_message(response="utter_request_unknown")
            return []
        return _do(move, sent, message, dispatcher)


def _find(tracker: Tracker, dispatcher: CollectingDispatcher, named: str, move: str, message: dict[str, Any]) -> Events:
    """Find a request by its reference and the contact in this message or the next; then carry out the visitor's
    wish.
    """
    asked = tracker.get_slot(REQUEST_LOOKUP) or {}
    if move != "identify":
        asked = {"reference": named, "move": move, "message": _kept(message)}
    contact = parse_contact(str(message.get("text") or ""), studio().country)
    if isinstance(contact, Invalid) or not asked:
        dispatcher.utter_message(response="utter_ask_request_contact" if asked else "utter_request_unknown")
        return [SlotSet(REQUEST_LOOKUP, asked or None)]
    try:
        found = lookup().matches(tracker.sender_id, asked["reference"], contact)
    except TriesError:
        dispatcher.utter_message(response="utter_request_tries")
        return [SlotSet(REQUEST_LOOKUP, None)]
    stored = store().get(asked["reference"]) if found else None
    if stored is None:
        dispatcher.utter_message(response="utter_request_not_matched")
        return [SlotSet(REQUEST_LOOKUP, asked)]
    request = stored.request
    sent = {
        "reference": request.reference,
        "contact": str(request.contact),
        "visitor_name": request.name,
        "name": request.name,
        "wish": request.wish,
        "for_whom": "",
        "hold": request.hold,
    }
    events = _do(asked["move"], sent, asked["message"], dispatcher)
    known = [] if any(event.get("name") == SENT_REQUEST for event in events) else [SlotSet(SENT_REQUEST, sent)]
    return [SlotSet(REQUEST_LOOKUP, None), *known, *events]


def _kept(message: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a message that is needed once the request is found."""
    return {name: message.get(name) for name in ("text", BOOKING, "safety")}


def _do(move: str, sent: dict[str, Any], message: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
    stored = store().get(sent["reference"])
    if stored is None:
        dispatcher.utter_message(response="utter_request_unknown")
        return [SlotSet(SENT_REQUEST, None)]
    if move in ASKS:
        _utter(ASKS[move], stored, dispatcher)
        return []
    does: dict[str, Callable[[], Events]] = {
        "add": lambda: _add(sent, stored, message, dispatcher),
        "change": lambda: _change(stored, message, dispatcher),
        "contact": lambda: _contact(stored, message, dispatcher),
        "called_off": lambda: _withdraw(stored, dispatcher),
        "comes": lambda: _comes(stored, dispatcher),
        "take_time": lambda: _take_time(stored, dispatcher),
        "pass_time": lambda: _pass_time(stored, dispatcher),
    }
    try:
        if move in does:
            return does[move]()
    except TransitionError:  # such as a change of a declined request: its status explains why
        pass
    _utter(STATUS.get(stored.state, "utter_request_status"), stored, dispatcher)
    return []


def _add(
    sent: dict[str, Any], stored: StoredRequest, message: dict[str, Any], dispatcher: CollectingDispatcher
) -> Events:
    mentioned = (message.get("safety") or {}).get("conditions") or []
    mentions = [
        Disclosure(id=mention["id"], words=mention["text"]) for mention in mentioned if mention["status"] == "affirmed"
    ]
    conditions = [condition_of(entry, catalogue()) for entry in mentions]
    holds = any(condition.hold for condition in conditions)
    changes().add(sent["reference"], conditions, str(message.get("text") or ""))
    _utter("utter_request_added_on_hold" if holds else "utter_request_added", stored, dispatcher)
    return [SlotSet(BOOKING_HOLD, True), SlotSet(SENT_REQUEST, {**sent, "hold": True})] if holds else []


def _change(stored: StoredRequest, message: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
    """Pass the wish for another time on at once; without a day or time in it, ask for one too."""
    changes().record(stored.request.reference, "change_asked", "visitor", words=str(message.get("text") or ""))
    has_time = bool((message.get(BOOKING) or {}).get("when"))
    wished = _time_in(message, stored.request.wish)
    _utter("utter_request_change_asked" if has_time else "utter_ask_request_change", stored, dispatcher, wished=wished)
    return []


def _time_in(message: dict[str, Any], wish: str) -> str:
    """Return the requested time in words after a colon; "same time" is the one in the sent wish."""
    text = str(message.get("text") or "")
    requested = Wish().merged({"when": (message.get(BOOKING) or {}).get("when") or ()}, text)
    known = _CLOCK.search(wish) if _SAME_TIME.search(text) else None
    shown = " ".join(filter(None, (str(requested), known[0] if known and not _CLOCK.search(str(requested)) else "")))
    return f": {shown}" if shown else ""


def _contact(stored: StoredRequest, message: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
    """Tell the team of another way to reach the visitor; the contact of the request is unchanged."""
    booking = message.get(BOOKING) or {}
    contact = parse_contact(f"{booking.get('email') or ''} {booking.get('phone') or ''}".strip(), studio().country)
    if isinstance(contact, Invalid):
        _utter(STATUS.get(stored.state, "utter_request_status"), stored, dispatcher)
        return []
    changes().add(stored.request.reference, (), str(message.get("text") or ""))
    _utter("utter_request_contact_passed", stored, dispatcher, new_contact=str(contact))
    return []


def _withdraw(stored: StoredRequest, dispatcher: CollectingDispatcher) -> Events:
    changes().record(stored.request.reference, "withdrawn", "visitor")
    _utter("utter_request_called_off", stored, dispatcher)
    return [SlotSet(SENT_REQUEST, None)]


def _comes(stored: StoredRequest, dispatcher: CollectingDispatcher) -> Events:
    changes().record(stored.request.reference, "comes", "visitor")
    _utter("utter_request_comes", stored, dispatcher)
    return []


def _take_time(stored: StoredRequest, dispatcher: CollectingDispatcher) -> Events:
    time = offered_times.take_offer(stored.request.reference)
    if time:
        changes().add(stored.request.reference, words=say("takes_offer", time=time))
    dispatcher.utter_message(response="utter_offer_taken" if time else "utter_offer_over", time=time)
    return []


def _pass_time(stored: StoredRequest, dispatcher: CollectingDispatcher) -> Events:
    passed = offered_times.pass_offer(stored.request.reference)
    dispatcher.utter_message(response="utter_offer_passed" if passed else "utter_offer_over")
    return []


def _utter(response: str, stored: StoredRequest, dispatcher: CollectingDispatcher, **values: str) -> None:
    agreed = stored.stage.appointment
    dispatcher.utter_message(
        response=response,
        reference=stored.request.reference,
        contact=str(stored.request.contact),
        appointment=agreed.said(studio().zone) if agreed else "",
        **values,
    )
