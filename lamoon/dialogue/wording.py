"""What the health record adds to the words of a reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamoon.contract import CONDITIONS_TOLD, HEALTH_RECORD, HealthRecord
from lamoon.errors import ContractError
from lamoon.phrasebook import say
from lamoon.screening.conditions import Conditions, titles


def health_words(slots: Mapping[str, Any], catalogue: Conditions, facts: Mapping[str, str]) -> dict[str, str]:
    """The values `urgent` (what an open emergency needs) and `open_conditions` (in words) for responses.

    Args:
        slots: of the conversation.
        catalogue: the titles of the conditions.
        facts: the studio's, with `emergency_number`.
    """
    try:
        record = HealthRecord.from_slot(slots.get(HEALTH_RECORD))
    except ContractError:
        record = HealthRecord()
    emergency = record.emergency
    urgent = f"urgent_{emergency.text or 'general'}{'_other' if emergency.whose == 'other' else ''}"
    return {
        "urgent": say(urgent, emergency_number=facts["emergency_number"]),
        "open_conditions": titles(_spoken(record, catalogue), catalogue),
    }


def condition_buttons(slots: Mapping[str, Any], catalogue: Conditions) -> list[dict[str, str]]:
    """The conditions that a reference may mean, as buttons."""
    names = [catalogue.conditions[id].title for id in slots.get(CONDITIONS_TOLD) or () if id in catalogue.conditions]
    return [{"title": name[:1].upper() + name[1:], "payload": f"I have {name}"} for name in names]


def _spoken(record: HealthRecord, catalogue: Conditions) -> Sequence[str]:
    """Open conditions by id; emergencies only where there is nothing else."""
    ids = [entry.id for entry in record.open if entry.id in catalogue.conditions]
    calm = [id for id in ids if catalogue.conditions[id].severity != "emergency"]
    return calm or ids
