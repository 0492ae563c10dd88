"""Pass a visitor's question to a person; confirmed only after it is stored with its notification."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.guided_form import GIVEN, clear_form_slots
from actions.request_builder import question_from
from actions.resources import catalogue, store
from lamoon.contract import SENT_REQUEST


class ActionHandOffQuestion(SafeAction):
    """The end of the hand-off form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_hand_off_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Send with consent only; utter what happened."""
        if tracker.get_slot("handoff_consent") != GIVEN:
            dispatcher.utter_message(response="utter_booking_not_sent")
            return clear_form_slots()
        request = question_from(tracker, catalogue())
        reference = store().submit(request)
        contact = str(request.contact)
        dispatcher.utter_message(response="utter_question_sent", contact=contact, reference=reference)
        if tracker.get_slot(SENT_REQUEST):
            return clear_form_slots()  # the booking remains the subject
        sent = {
            "reference": reference,
            "contact": contact,
            "visitor_name": request.name,
            "name": request.name,
            "wish": request.wish,
            "for_whom": "",
            "hold": request.hold,
        }
        return [*clear_form_slots(), SlotSet(SENT_REQUEST, sent)]
