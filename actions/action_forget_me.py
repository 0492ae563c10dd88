"""Deletes what was stored about this conversation."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import store
from lamoon.contract import FORGET_CONVERSATION


class ActionForgetMe(SafeAction):
    """Deletes requests, health words and the conversation itself."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_forget_me"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Deletes the requests now; the slot tells the conversation store to delete the rest at the end of the turn."""
        gone = store().forget(tracker.sender_id)
        dispatcher.utter_message(response="utter_forgotten_with_requests" if gone else "utter_forgotten")
        return [AllSlotsReset(), SlotSet(FORGET_CONVERSATION, True)]
