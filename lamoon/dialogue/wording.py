"""Wording of the health record in replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamoon.contract import CONDITIONS_TOLD, HEALTH_RECORD, HealthRecord
from lamoon.errors import ContractError
from lamoon.phrasebook import say
from lamoon.screening.conditions import Conditions, titles


def urgent(slots: Mapping[str, Any], emergency_number: str) -> str:
    """Return the advice for an open emergency in words."""
    emergency = _record(slots).emergency
    name = f"urgent_{emergency.text or 'general'}{'_other' if emergency.whose == 'other' else ''}"
    return say(name, emergency_number=emergency_number)


def open_conditions(slots: Mapping[str, Any], catalogue: Conditions) -> str:
    """Return the open conditions of the record in words."""
    return titles(_spoken(_record(slots), catalogue), catalogue)


def on_list(slots: Mapping[str, Any], catalogue: Conditions) -> str:
    """Return which of the open conditions the guide's own list names."""
    ids = _spoken(_record(slots), catalogue)
    named = [id for id in ids if catalogue.conditions[id].article]
    return say("on_list", conditions=titles(named, catalogue)) if named else say("not_on_list")


def condition_buttons(slots: Mapping[str, Any], catalogue: Conditions) -> list[dict[str, str]]:
    """Return the possible antecedents of a reference as buttons."""
    names = [catalogue.conditions[id].title for id in slots.get(CONDITIONS_TOLD) or () if id in catalogue.conditions]
    return [{"title": name[:1].upper() + name[1:], "payload": f"I have {name}"} for name in names]


def _record(slots: Mapping[str, Any]) -> HealthRecord:
    """Return the health record; an empty one if it cannot be read."""
    try:
        return HealthRecord.from_slot(slots.get(HEALTH_RECORD))
    except ContractError:
        return HealthRecord()


def _spoken(record: HealthRecord, catalogue: Conditions) -> Sequence[str]:
    """Return the ids of open conditions; emergencies only if there is nothing else."""
    ids = [entry.id for entry in record.open if entry.id in catalogue.conditions]
    calm = [id for id in ids if catalogue.conditions[id].severity != "emergency"]
    return calm or ids
