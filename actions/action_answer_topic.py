"""Answer the suggested topic that the visitor accepted by saying yes."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import topics
from lamoon.contract import Label
from lamoon.knowledge.topics import last_offered_topic


class ActionAnswerTopic(SafeAction):
    """Utter the answer of the first topic offered last."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer_topic"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the topic's answer; if only a person was offered, ask for the message to pass on."""
        topic = last_offered_topic(tracker.events, topics())
        if topic:
            dispatcher.utter_message(response=Label.of_topic(topic.id).response)
            return []
        dispatcher.utter_message(response="utter_handoff_intro")
        return [FollowupAction("handoff_form")]
