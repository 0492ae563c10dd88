"""Ask what to delete; delete nothing."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import store
from lamoon.contract import DELETION_QUESTION, all_runs


class ActionAskForget(SafeAction):
    """The question before a deletion, which mentions the request if one was sent."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_forget"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Open the question, and note the form that it interrupts."""
        has_request = store().has_requests(all_runs(tracker.sender_id))
        dispatcher.utter_message(response="utter_ask_forget_with_request" if has_request else "utter_ask_forget")
        return [SlotSet(DELETION_QUESTION, _interrupted_form(tracker) or "asked")]


def _interrupted_form(tracker: Tracker) -> str | None:
    """Return the form that was closed since the visitor's message."""
    closed = False
    for event in reversed(tracker.events):
        if event["event"] == "active_loop":
            if event["name"]:
                return str(event["name"]) if closed else None
            closed = True
        elif event["event"] == "user" and not closed:
            return None
    return None
