"""Warns about a condition: what the guide says, who decides, and that it is not medical advice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import catalogue, studio
from lamoon.contract import LANGUAGE, ReplyMetadata
from lamoon.language.languages import is_foreign, language_text
from lamoon.screening.conditions import warning_text


class ActionWarnContraindication(SafeAction):
    """Sends the warning that the policy requested; each condition is warned about once in a conversation."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_warn_contraindication"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utters the text for this turn's notice."""
        notice = tracker.get_slot("health_notice")
        if notice == "retracted":
            dispatcher.utter_message(response="utter_retraction_noted")
            return []
        ids = tracker.get_slot("conditions_told")
        metadata = ReplyMetadata(kind="warning").to_dict()
        dispatcher.utter_message(text=_warning(ids, tracker), notice=notice, conditions=ids, **metadata)
        return []


def _warning(ids: Sequence[str], tracker: Tracker) -> str:
    """In the visitor's language."""
    language = tracker.get_slot(LANGUAGE)
    if is_foreign(language):
        return language_text(language, "warning", studio().facts(), tuple(ids))
    return warning_text(ids, catalogue())
