"""What a visitor says of a request that was sent: how it stands, an addition, calling it off."""

from __future__ import annotations

from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.guided_form import latest_message
from actions.request_builder import condition_of
from actions.resources import catalogue, store
from lamoon.booking.request import LONGEST_WORDS
from lamoon.contract import BOOKING, BOOKING_HOLD, SENT_REQUEST, Disclosure
from lamoon.phrasebook import say

ASKS: Final = {
    "reference": "utter_request_reference",
    "status": "utter_request_status",
    "when": "utter_request_when",
    "call_off": "utter_ask_call_off",
    "kept": "utter_request_kept",
}


class ActionAboutRequest(SafeAction):
    """Answers from the request that this conversation sent, and passes an addition or a withdrawal on to the team."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_about_request"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utters how the request stands, or what was done with it."""
        sent = tracker.get_slot(SENT_REQUEST)
        if not sent:
            dispatcher.utter_message(response="utter_nothing_to_stop")
            return []
        message = latest_message(tracker)
        move = str((message.get(BOOKING) or {}).get("move") or "status")
        if move == "add" or (message.get("intent") or {}).get("name") == "emergency":
            return _add(sent, message, dispatcher)
        if move == "called_off":
            store().amend(sent["reference"], note=say("request_withdrawn"))
            _utter("utter_request_called_off", sent, dispatcher)
            return [SlotSet(SENT_REQUEST, None)]
        _utter(ASKS.get(move, "utter_request_status"), sent, dispatcher)
        return []


def _add(sent: dict[str, Any], message: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
    mentioned = (message.get("safety") or {}).get("conditions") or []
    told = [
        Disclosure(id=mention["id"], words=mention["text"]) for mention in mentioned if mention["status"] == "affirmed"
    ]
    conditions = [condition_of(entry, catalogue()) for entry in told]
    holds = any(condition.hold for condition in conditions)
    store().amend(sent["reference"], conditions, note=str(message.get("text") or "")[:LONGEST_WORDS])
    _utter("utter_request_added_on_hold" if holds else "utter_request_added", sent, dispatcher)
    return [SlotSet(BOOKING_HOLD, True), SlotSet(SENT_REQUEST, {**sent, "hold": True})] if holds else []


def _utter(response: str, sent: dict[str, Any], dispatcher: CollectingDispatcher) -> None:
    dispatcher.utter_message(response=response, reference=sent["reference"], contact=sent["contact"])
