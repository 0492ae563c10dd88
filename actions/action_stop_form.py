"""End a form on request: nothing was sent. The answers of a booking stay until the visitor has said whether to
continue.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.guided_form import MISSES, clear_form_slots
from lamoon.booking.form import known_so_far


class ActionStopForm(SafeAction):
    """Confirm the stop; the health record stays in any case."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_stop_form"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offer once to resume an abandoned booking; a second stop clears its answers."""
        left, has_answers = _left(tracker), bool(known_so_far(tracker.slots))
        if left == "booking_form" and has_answers:
            dispatcher.utter_message(response="utter_form_left")
            return [SlotSet(name, None) for name in ("consent", "send_booking", MISSES)]
        stopped = "utter_form_stopped" if left else "utter_nothing_to_stop"
        dispatcher.utter_message(response="utter_form_forgotten" if has_answers and not left else stopped)
        return clear_form_slots()


def _left(tracker: Tracker) -> str:
    """Return the form that the latest message ended; empty if there is none."""
    ended = any(
        event.get("event") == "active_loop" and not event.get("name")
        for event in takewhile(lambda event: event.get("event") != "user", reversed(tracker.events))
    )
    forms = (event.get("name") for event in reversed(tracker.events) if event.get("event") == "active_loop")
    return next((str(name) for name in forms if name), "") if ended else ""
