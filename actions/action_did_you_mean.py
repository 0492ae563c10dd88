"""Unsure means ask: the nearest topics as choices with human titles; after two misses in a row, a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import topics
from lamoon.knowledge.suggestions import misses_in_a_row, suggested_topics

PERSON = {"title": "Talk to a person", "payload": "I'd like to talk to a person"}
NEAR = "I'm not sure I understood. Did you mean one of these?"
NOTHING_NEAR = (
    "I'm sorry, I didn't understand that. Could you say it in other words, or shall I pass it on to a person?"
)
STILL_NOTHING = "I'm sorry, I still don't understand. Shall I pass your question on to a person?"
MOST_MISSES = 2


class ActionDidYouMean(SafeAction):
    """Offers the likeliest topics instead of guessing."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_did_you_mean"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utters the question."""
        if misses_in_a_row(tracker.events) > MOST_MISSES:
            dispatcher.utter_message(text=STILL_NOTHING, buttons=[PERSON])
            return []
        choices = suggested_topics(tracker.latest_message, topics())
        buttons = [{"title": topic.title, "payload": topic.title} for topic in choices]
        dispatcher.utter_message(text=NEAR if choices else NOTHING_NEAR, buttons=[*buttons, PERSON])
        return []
