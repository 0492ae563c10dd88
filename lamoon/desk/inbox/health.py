"""The health record and the plan of a reply in the team's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lamoon.contract import CrisisLevel, Disclosure, EmergencyStatus, HealthView, Whose
from lamoon.desk.words import plainly
from lamoon.dialogue.reply import Notice, Plan

WHOSE: Final[dict[Whose, str]] = {
    "visitor": "the visitor",
    "other": "another person",
    "people": "people in general",
    "list": "read in our list",
}
EMERGENCIES: Final = {
    "general": "call the emergency number now",
    "suspected_dvt": "possible blood clot in a leg",
    "cauda_equina": "possible pressure on the nerves of the lower back",
    "doctor_today": "an injury or a wound that a doctor should see today",
}
EMERGENCY_STATES: Final[dict[EmergencyStatus, str]] = {
    "none": "",
    "open": "Open: nobody has said that help is there",
    "attended": "Open: help is there or on its way",
    "cleared_by_visitor": "Over: the visitor said that a doctor has looked",
    "cleared_by_staff": "Over: cleared by staff",
}
CRISES: Final[dict[CrisisLevel, str]] = {
    "none": "",
    "past": "Spoke of suicide as something of the past",
    "soft": "Despair",
    "acute": "Thoughts of suicide",
}
NOTICES: Final[dict[Notice, str]] = {
    "": "",
    "warn": "a reason not to roll, which the visitor had not been warned about",
    "ask_doctor": "something to ask a doctor about first, which the visitor had not been warned about",
    "understood": "a condition understood from a reference, such as “same here”",
    "retracted": "the visitor took something back, or a doctor has looked",
    "ask": "it may be about health, so the question is asked once",
    "which": "the visitor said yes to the question about health, but not what it is",
    "noted": "something about health without a condition that is known",
    "again": "the question which condition it is was not answered",
}
REASONS: Final = {
    "utter_crisis_": "a crisis governs the conversation",
    "utter_emergency_": "an open emergency governs the conversation",
    "utter_violence": "the visitor spoke of violence or threats",
    "utter_retraction_": NOTICES["retracted"],
    "utter_confirm_retraction": "the visitor seems to take back a condition without naming it",
    "utter_other_noted": "it is another person's condition",
    "utter_health_denied": "the visitor denied conditions",
    "utter_which_condition": "which condition is meant is not clear",
    "utter_condition_": "a question about a condition that the visitor has mentioned",
    "utter_feels_": "a feeling, acknowledged once",
}
"""Why a reply begins with a response, by how the response's name begins; the plan's notice is more exact."""
THEN: Final = {
    "rules": "the rules go on as if nothing had come first",
    "listen": "nothing more",
    "wait": "nothing more",
}


@dataclass(frozen=True)
class Entry:
    """A condition in the record. `at` is when it was said, None when unknown; `is_certain` is false for a reference."""

    title: str
    status: str
    whose: str
    words: str = field(repr=False)
    at: datetime | None
    is_certain: bool


@dataclass(frozen=True)
class State:
    """An emergency or a crisis: what it is, whose, and since when."""

    title: str
    state: str
    whose: str = ""
    since: datetime | None = None
    is_open: bool = False


@dataclass(frozen=True)
class HealthPanel:
    """The health record for the page of a conversation.

    Attributes:
        is_live: false when it comes from the latest stored turn, because the assistant cannot be reached.
        is_readable: false when the record is broken.
        turn: number of the message that it includes last.
        mentioned: conditions of others or at large.
    """

    is_live: bool
    is_readable: bool = True
    turn: int = 0
    entries: Sequence[Entry] = ()
    mentioned: Sequence[Entry] = ()
    notes: Sequence[str] = field(default=(), repr=False)
    signs: Sequence[str] = field(default=(), repr=False)
    emergency: State | None = None
    crisis: State | None = None
    violence: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said about health."""
        states = (self.emergency, self.crisis, self.violence)
        return self.is_readable and not any((*states, self.entries, self.mentioned, self.notes, self.signs))


def health_panel(view: HealthView, *, is_live: bool) -> HealthPanel:
    """The record in words."""
    record = view.record
    if record is None:
        return HealthPanel(is_live, is_readable=False, signs=view.signs)
    groups = (("open", record.open), ("taken back by the visitor", record.retracted), ("reviewed", record.cleared))
    emergency, crisis = record.emergency, record.crisis
    danger = State(
        EMERGENCIES.get(emergency.text, plainly(emergency.text)),
        EMERGENCY_STATES[emergency.status],
        WHOSE[emergency.whose],
        _moment(view, emergency.turn),
        emergency.is_open,
    )
    return HealthPanel(
        is_live,
        turn=record.turn,
        entries=[_entry(view, one, status) for status, found in groups for one in found],
        mentioned=[_entry(view, one, "mentioned") for one in record.mentioned if one.whose != "list"],
        notes=record.notes,
        signs=view.signs,
        emergency=danger if emergency.status != "none" else None,
        crisis=State(CRISES[crisis.level], "", since=_moment(view, crisis.turn)) if crisis.level != "none" else None,
        violence=record.violence,
    )


def reason_of(plan: Plan) -> str:
    """Why a reply begins as the plan says; "" where nothing comes first."""
    first = plan.say[0] if plan.say else ""
    if first.startswith(("utter_crisis_", "utter_emergency_")) or not plan.notice:
        return next((reason for name, reason in REASONS.items() if first.startswith(name)), "") if first else ""
    return NOTICES.get(plan.notice, plan.notice)


def _entry(view: HealthView, one: Disclosure, status: str) -> Entry:
    return Entry(plainly(one.id), status, WHOSE[one.whose], one.words, _moment(view, one.turn), one.certain)


def _moment(view: HealthView, turn: int) -> datetime | None:
    at = view.time_of(turn)
    return None if at is None else datetime.fromtimestamp(at, UTC)
