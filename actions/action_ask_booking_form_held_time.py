"""Ask which of the free times to hold, with the times as choices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import studio
from lamoon.booking.form import OFFERED_TIMES
from lamoon.phrasebook import say


class ActionAskBookingFormHeldTime(SafeAction):
    """The question of the booking form; Rasa finds the action by its name."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_ask_booking_form_held_time"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the times found by `actions/offered_times.py`."""
        from lamoon.booking.calendar.fitting import title

        offered = tracker.get_slot(OFFERED_TIMES) or {}
        zone = studio().zone
        titles = [title(datetime.fromisoformat(text).astimezone(zone)) for text in offered.get("times") or ()]
        more = say("choice_other_times" if offered.get("fits") else "choice_wait_list")
        choices = [*titles, more, say("choice_no_time")]
        buttons = [{"title": choice, "payload": choice} for choice in choices]
        dispatcher.utter_message(response=_question(offered), buttons=buttons)
        return []


def _question(offered: Mapping[str, Any]) -> str:
    if not offered.get("times"):
        return "utter_offer_wait_list"
    if not offered.get("fits"):
        return "utter_offer_nearest_times"
    return "utter_offer_other_times" if offered.get("again") else "utter_offer_times"
