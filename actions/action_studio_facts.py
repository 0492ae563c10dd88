"""Hours, address, prices and services from studio.yml, or a statement that they are unknown."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import studio
from lamoon.studio import Studio


def _sentence(intent: str, facts: Studio) -> str:
    sentences = {
        "ask_hours": facts.hours_sentence,
        "ask_location": facts.location_sentence,
        "ask_prices": facts.prices_sentence,
        "ask_services": facts.services_sentence,
    }
    return sentences[intent]()


def is_unknown(intent: str, facts: Studio) -> bool:
    """Return whether studio.yml has no answer to such a question."""
    known = {
        "ask_hours": bool(facts.hours),
        "ask_location": bool(facts.address),
        "ask_prices": any(service.price for service in facts.services),
        "ask_services": bool(facts.services),
    }
    return intent in known and not known[intent]


class ActionStudioFacts(SafeAction):
    """Answer with the owner's own values."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_studio_facts"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the sentence for the visitor's question, and offer a person outside of forms."""
        response = "utter_studio_fact_in_form" if tracker.active_loop.get("name") else "utter_studio_fact"
        fact = _sentence(tracker.latest_message["intent"]["name"], studio())
        dispatcher.utter_message(response=response, fact=fact)
        return []
