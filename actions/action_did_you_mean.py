"""Handle low confidence: the nearest topics as choices with human titles; after two misses in a row, a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import topics
from lamoon.knowledge.topics import misses_in_a_row, suggested_topics
from lamoon.phrasebook import buttons_of
from lamoon.understanding.questions import is_question

MOST_MISSES = 2


class ActionDidYouMean(SafeAction):
    """Offer the most probable topics instead of guessing."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_did_you_mean"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the question."""
        if misses_in_a_row(tracker.events) > MOST_MISSES:
            dispatcher.utter_message(response="utter_still_nothing")
            return []
        choices = suggested_topics(tracker.latest_message, topics())
        if not choices:
            dispatcher.utter_message(response="utter_nothing_near")
            return []
        response = (
            "utter_not_sure" if is_question(str(tracker.latest_message.get("text") or "")) else "utter_did_you_mean"
        )
        buttons = [{"title": topic.title, "payload": topic.title} for topic in choices]
        dispatcher.utter_message(response=response, buttons=[*buttons, *buttons_of("utter_nothing_near")])
        return []
