"""Delete the stored data of this conversation, as the visitor has answered."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import store
from lamoon.booking.form import FORM_OF
from lamoon.contract import DELETION_QUESTION, FORGET_CONVERSATION, all_runs
from lamoon.text.answers import parse_deletion
from lamoon.text.clean import plain_text


class ActionForgetMe(SafeAction):
    """Delete the conversation, and the requests if the visitor withdraws them; otherwise resume."""

    events_on_failure: ClassVar[Events] = [SlotSet(DELETION_QUESTION, None)]
    """Closes the question: a later yes to something else must not delete."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_forget_me"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Delete requests now; the slot makes the conversation store delete the rest at the end of the turn."""
        wanted = parse_deletion(plain_text(tracker.latest_message.get("text") or ""))
        if wanted in (None, "nothing"):
            dispatcher.utter_message(response="utter_nothing_forgotten" if wanted else "utter_forget_unclear")
            form = tracker.get_slot(DELETION_QUESTION)
            back = [FollowupAction(form)] if form in FORM_OF.values() else []
            return [SlotSet(DELETION_QUESTION, None), *back]
        names = all_runs(tracker.sender_id)
        if wanted == "both" and store().forget(*names):
            response = "utter_forgotten_with_requests"
        else:
            response = "utter_forgotten_request_kept" if store().has_requests(names) else "utter_forgotten"
        dispatcher.utter_message(response=response)
        return [AllSlotsReset(), SlotSet(FORGET_CONVERSATION, True)]
