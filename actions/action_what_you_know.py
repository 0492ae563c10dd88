"""The stored data about the visitor in this conversation. Read-only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import catalogue
from lamoon.booking.form import introduction
from lamoon.contract import BOOKING, OPEN_CONDITIONS
from lamoon.phrasebook import say
from lamoon.screening.conditions import Conditions, titles
from lamoon.studio.model import joined

SAID = ("visitor_name", "contact", "wish", "health_details")
"""Slots with the visitor's own words, in the order in which they are read back; each has a notice `known_<slot>`."""


class ActionWhatYouKnow(SafeAction):
    """List name, contact, wish and health from the slots."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_what_you_know"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the list, or that there is nothing."""
        slots = {"visitor_name": _introduced(tracker), **{name: it for name, it in tracker.slots.items() if it}}
        known = _known(slots, catalogue())
        if known:
            dispatcher.utter_message(response="utter_what_i_know", known=joined(known, "and"))
        else:
            dispatcher.utter_message(response="utter_nothing_known")
        return []


def _introduced(tracker: Tracker) -> str:
    """Return the name that the visitor gave outside of a form; empty if there is none."""
    for event in reversed(tracker.events):
        parsed = event.get("parse_data") or {} if event.get("event") == "user" else {}
        name = (parsed.get(BOOKING) or {}).get("name")
        if name and introduction(str(parsed.get("text") or "")):
            return str(name)
    return ""


def _known(slots: Mapping[str, Any], conditions: Conditions) -> list[str]:
    lines = [say(f"known_{slot}", words=slots[slot]) for slot in SAID if slots.get(slot)]
    ids = [id for id in slots.get(OPEN_CONDITIONS) or [] if id in conditions.conditions]
    return lines + ([say("known_health", conditions=titles(ids, conditions))] if ids else [])
