"""References to conditions that were mentioned before: "same here", "the third one", "because I have one"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lamoon.contract import HealthRecord
from lamoon.dialogue.reading import TurnReading

LISTED: Final = (
    ("open_wound", "infection", "fragile_skin"),
    ("recent_fracture", "acute_injury"),
    ("blood_clot",),
    ("tumor_cancer",),
)
"""The guide's list in the order of `utter_faq/contraindications` and of the booking's question; a test compares them."""
REACH: Final = 3
"""Messages between a mention and a reference to it."""


@dataclass(frozen=True)
class Reference:
    """What a reference means: the ids it picks up, or, when it is not clear, those it may mean."""

    ids: tuple[str, ...]
    is_clear: bool


def referred(record: HealthRecord, turn: TurnReading) -> Reference | None:
    """The conditions that a message claims for the visitor without naming them; None when it refers to none.

    Args:
        record: before the message, with the message's own number.
        turn: the message, which names no condition of the visitor.
    """
    near = [entry for entry in record.mentioned if record.turn - entry.turn <= REACH]
    listed = any(entry.whose == "list" for entry in near)
    if turn.place is not None and listed and not turn.names_person:
        line = LISTED[turn.place - 1 if turn.place > 0 else turn.place] if turn.place <= len(LISTED) else ()
        return Reference(line, len(line) == 1) if line else None
    if "same_here" not in turn.acts or not near:
        return None
    said = [entry for entry in near if entry.whose != "list"]
    if not said:
        return Reference(tuple(id for line in LISTED for id in line), False)
    latest = max(entry.turn for entry in said)
    return Reference(tuple(dict.fromkeys(entry.id for entry in said if entry.turn == latest)), True)
