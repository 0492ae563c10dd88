"""Store the booking request and its notification, then give the visitor the reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import offered_times
from actions.base import Events, SafeAction
from actions.guided_form import CONFIRMED, GIVEN, clear_form_slots
from actions.request_builder import request_from
from actions.resources import catalogue, store, studio
from lamoon.booking.appointment import wished_time
from lamoon.booking.form import HELD_TIME, WAIT_LIST
from lamoon.contract import BOOKING_PARTS, SENT_REQUEST


class ActionHandOffBooking(SafeAction):
    """The end of the booking form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_hand_off_booking"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Send with consent and confirmation only; utter what happened."""
        if tracker.get_slot("consent") != GIVEN or tracker.get_slot("send_booking") != CONFIRMED:
            dispatcher.utter_message(response="utter_booking_not_sent")
            return clear_form_slots()
        with_time = offered_times.at_sending(tracker, dispatcher)
        wish = (tracker.get_slot(BOOKING_PARTS) or {}).get("wish") or {}
        wished = wished_time(wish, datetime.now(studio().zone).date())
        request = replace(request_from(tracker, catalogue()), wished=wished)
        reference = store().submit(request, also=with_time)
        response = "utter_booking_sent_on_hold" if request.hold else "utter_booking_sent"
        details = {"visitor_name": request.name, "contact": str(request.contact), "reference": reference}
        dispatcher.utter_message(response=response, **details)
        if with_time and not request.hold and tracker.get_slot(HELD_TIME) != WAIT_LIST:
            dispatcher.utter_message(response="utter_time_kept", time=tracker.get_slot(HELD_TIME))
        sent = {
            **details,
            "name": request.name,
            "wish": request.wish,
            "for_whom": wish.get("for_whom", ""),
            "hold": request.hold,
        }
        held = [SlotSet("booking_hold", True)] if request.hold else []
        return [*clear_form_slots(), SlotSet(SENT_REQUEST, sent), *held]
