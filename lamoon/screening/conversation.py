"""One turn of a conversation seen by the screening: what to remember and what to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lamoon.screening.catalogue import Catalogue
from lamoon.screening.ledger import update
from lamoon.screening.replies import titles

Notice = Literal["warn", "ask_doctor", "retracted"]
MAX_NOTE = 200


@dataclass(frozen=True)
class HealthTurn:
    """What a message changes.

    Attributes:
        slots: Rasa slots and their new values.
        notice: what the visitor has to be told before anything else; None for nothing, or an emergency (which has a
            reply of its own).
    """

    slots: dict[str, Any]
    notice: Notice | None


def health_turn(slots: Mapping[str, Any], parsed: Mapping[str, Any], catalogue: Catalogue) -> HealthTurn:
    """Brings the conversation's health slots up to date.

    Args:
        slots: current values; `health_ledger`, `booking_hold` and `health_notice` are read.
        parsed: a parse result with `safety`, `intent` and `text`.
        catalogue: what the ids mean.
    """
    safety = parsed.get("safety") or {"outcome": "none", "conditions": []}
    ledger, changes = update(slots.get("health_ledger") or {}, safety, catalogue, parsed.get("text", ""))
    if not safety["conditions"] and (parsed.get("intent") or {}).get("name") == "report_condition":
        ledger = {**ledger, "notes": [*ledger.get("notes", []), parsed.get("text", "")[:MAX_NOTE]]}
    new: dict[str, Any] = {}
    if ledger != (slots.get("health_ledger") or {}):
        new["health_ledger"] = ledger
        new["open_conditions"] = [entry["id"] for entry in ledger.get("open", [])]
    emergency = safety["outcome"] == "emergency"
    if (changes.hold or emergency) and not slots.get("booking_hold"):
        new["booking_hold"] = True
    if emergency:
        new["emergency_text"] = _emergency_text(changes.emergencies, catalogue)
    notice = None if emergency else _notice(changes.warn, changes.retracted, catalogue)
    if notice != slots.get("health_notice"):
        new["health_notice"] = notice
    if notice in ("warn", "ask_doctor"):
        new["conditions_told"] = list(changes.warn)
        new["conditions_text"] = titles(changes.warn, catalogue)
    return HealthTurn(new, notice)


def _emergency_text(ids: tuple[str, ...], catalogue: Catalogue) -> str:
    """Which wording; general where only the classifier saw the emergency."""
    return catalogue.conditions[ids[0]].emergency_text if ids else "general"


def _notice(warn: tuple[str, ...], retracted: tuple[str, ...], catalogue: Catalogue) -> Notice | None:
    if warn:
        article = any(catalogue.conditions[id].severity in ("avoid", "avoid_locally") for id in warn)
        return "warn" if article else "ask_doctor"
    return "retracted" if retracted else None
