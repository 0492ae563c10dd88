"""Explain a turn, for the desk's pages and figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.nlu.multi_question_policy import SECOND_QUESTION

MOST_LABELS = 5


def explain_turn(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """Return the latest turn of a conversation; None before the first.

    Returns:
        {label, confidence, ranking: [{label, confidence}], questions: [{text, label, confidence}], context,
        safety: {outcome, conditions, ...}, actions: [{name, policy, confidence}], form, slots: {name: value}}. A label
        is a topic ("faq/cost"), a kind ("out_of_scope/parking") or an intent without kinds ("greet"). The ranking
        holds at most MOST_LABELS, the likeliest first. `form` is None outside forms; empty slots are left out.
    """
    turn = _latest_turn(tracker.events)
    if not turn:
        return None
    parsed = turn[0].parse_data
    return {
        "label": _label(parsed["intent"]),
        "confidence": _short(parsed["intent"].get("confidence")),
        "ranking": _ranking(parsed),
        "questions": [
            {
                "text": question["text"],
                "label": question["topic"] or question["intent"],
                "confidence": _short(question["confidence"]),
            }
            for question in parsed.get("questions") or []
        ],
        "context": parsed.get("context"),
        "safety": parsed.get("safety"),
        "actions": [
            {"name": event.action_name, "policy": event.policy, "confidence": _short(event.confidence)}
            for event in turn
            if isinstance(event, ActionExecuted) and event.action_name not in (None, ACTION_LISTEN_NAME)
        ],
        "form": tracker.active_loop_name,
        "slots": {
            name: slot.value for name, slot in tracker.slots.items() if slot.value not in (None, [], {}, "", False)
        },
    }


def _latest_turn(events: Sequence[Event]) -> list[Any]:
    """Return the visitor's latest message and the events after it, including the second question of a message."""
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, UserUttered) and not event.metadata.get(SECOND_QUESTION):
            return [*events][index:]
    return []


def read_label(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return {label, confidence, outcome} of a single message's parse result."""
    safety = parsed.get("safety") or {}
    return {
        "label": _label(parsed["intent"]),
        "confidence": _short(parsed["intent"].get("confidence")),
        "outcome": safety.get("outcome", "none"),
    }


def _label(intent: dict[str, Any]) -> str:
    return str(intent.get("full_retrieval_intent_name") or intent.get("name") or "")


def _ranking(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the most probable labels; each kind of an intent with kinds counts separately."""
    selectors: dict[str, Any] = {
        name: found for name, found in (parsed.get("response_selector") or {}).items() if isinstance(found, dict)
    }
    found = [
        (intent["name"], intent["confidence"])
        for intent in parsed.get("intent_ranking") or []
        if intent["name"] not in selectors
    ]
    found += [(kind["intent_response_key"], kind["confidence"]) for kind in _kinds(selectors.values())]
    found.sort(key=lambda pair: -pair[1])
    return [{"label": label, "confidence": _short(confidence)} for label, confidence in found[:MOST_LABELS]]


def _kinds(selectors: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [kind for selector in selectors for kind in selector.get("ranking") or []]


def _short(confidence: float | None) -> float | None:
    return None if confidence is None else round(float(confidence), 3)
