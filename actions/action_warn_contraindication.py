"""Warn about a condition: the guide's statement, who decides, and that it is not medical advice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction
from actions.resources import catalogue, studio
from lamoon.contract import LANGUAGE, REPLY_PLAN, ReplyMetadata
from lamoon.language.languages import is_foreign, language_text
from lamoon.phrasebook import say
from lamoon.screening.conditions import warning_text


class ActionWarnContraindication(SafeAction):
    """Send the warning that the policy requested; each condition is warned about once in a conversation."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_warn_contraindication"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the text for this turn's notice."""
        notice = (tracker.get_slot(REPLY_PLAN) or {}).get("notice")
        ids = tracker.get_slot("conditions_told")
        metadata = ReplyMetadata(kind="warning").to_dict()
        text = _warning(ids, tracker)
        if notice == "understood" and not is_foreign(tracker.get_slot(LANGUAGE)):
            text = f"{say('warning_understood')} {text}"
        dispatcher.utter_message(text=text, notice=notice, conditions=ids, **metadata)
        return []


def _warning(ids: Sequence[str], tracker: Tracker) -> str:
    """Return the warning in the visitor's language."""
    language = tracker.get_slot(LANGUAGE)
    if is_foreign(language):
        return language_text(language, "warning", studio().facts(), tuple(ids))
    return warning_text(ids, catalogue(), guessed=_is_guess(ids, tracker))


def _is_guess(ids: Sequence[str], tracker: Tracker) -> bool:
    """Return whether the same words match several conditions: "my knee is swollen and red" names none of them."""
    found = (tracker.latest_message.get("safety") or {}).get("conditions") or []
    places = [(one["start"], one["end"]) for one in found if one["id"] in ids and one["status"] == "affirmed"]
    overlap = all(max(one[0], other[0]) < min(one[1], other[1]) for one in places for other in places)
    return len(set(ids)) > 1 and len(places) == len(set(ids)) and overlap
