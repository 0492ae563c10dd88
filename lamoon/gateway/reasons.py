"""Why somebody of the team should look at an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamoon.knowledge.suggestions import SURE

THUMBS_DOWN, NO_ANSWER, FALLBACK, UNSURE, HANDOFF, WARNING = (
    "thumbs_down",
    "no_answer",
    "fallback",
    "unsure",
    "handoff",
    "warning",
)
REASONS = (THUMBS_DOWN, NO_ANSWER, FALLBACK, UNSURE, HANDOFF, WARNING)


def reason_to_look(details: Mapping[str, Any]) -> str:
    """The most telling reason, by what Rasa told of a turn; "" where nothing stands out.

    A thumb pointing down comes later and goes before all others.
    """
    label = details.get("label", "")
    if not label:
        return NO_ANSWER
    if (details.get("safety") or {}).get("outcome") in ("warn", "emergency", "ask_doctor"):
        return WARNING
    if label == "nlu_fallback":
        return FALLBACK
    if label == "handoff_to_human":
        return HANDOFF
    confidence = details.get("confidence")
    return UNSURE if confidence is not None and confidence < SURE else ""
