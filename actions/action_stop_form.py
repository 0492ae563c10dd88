"""Ends a form on request: nothing was sent, and nothing personal is kept."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.guided_form import clear_form_slots


class ActionStopForm(SafeAction):
    """Confirms the stop and clears the form's slots; the health record stays."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_stop_form"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utters `utter_form_stopped`."""
        dispatcher.utter_message(response="utter_form_stopped")
        return clear_form_slots()
