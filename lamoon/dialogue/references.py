"""References to conditions that were mentioned before: "same here", "the third one", "because I have one"."""

from __future__ import annotations

from collections.abc import Sequence
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
ALL_LISTED: Final = tuple(id for line in LISTED for id in line)
QUOTED: Final = 5
"""Conditions of the list in one message from which on it is taken for a quotation."""
CLIENT_REACH: Final = 12
"""Messages after which another person's condition is no longer taken along when that person becomes the client."""
REACH: Final = 3
"""Messages between a mention and a reference to it."""


@dataclass(frozen=True)
class Reference:
    """What a reference means.

    Attributes:
        ids: of the conditions that it picks up, or may mean.
        is_clear: whether it means all of them; otherwise it has to be asked which.
        of_other: whether it claims them for another person ("my wife too").
    """

    ids: tuple[str, ...]
    is_clear: bool
    of_other: bool = False


def referred(record: HealthRecord, turn: TurnReading) -> Reference | None:
    """The conditions that a message claims for the visitor without naming them; None when it refers to none.

    Args:
        record: before the message, with the message's own number.
        turn: the message, which names no condition of the visitor.
    """
    near = [entry for entry in record.mentioned if record.turn - entry.turn <= REACH]
    listed = any(entry.whose == "list" for entry in near)
    if turn.place is not None and listed:
        line = LISTED[turn.place - 1 if turn.place > 0 else turn.place] if turn.place <= len(LISTED) else ()
        return Reference(line, len(line) == 1 or turn.names_person, turn.names_person) if line else None
    if "same_here" not in turn.acts or not near:
        return None
    said = [entry for entry in near if entry.whose != "list"]
    if not said:
        return Reference(ALL_LISTED, False)
    latest = max(entry.turn for entry in said)
    return Reference(tuple(dict.fromkeys(entry.id for entry in said if entry.turn == latest)), True, turn.names_person)


def quotes_list(affirmed: Sequence[str], turn: TurnReading) -> bool:
    """Whether the message repeats our list rather than telling what applies."""
    return len(set(affirmed) & set(ALL_LISTED)) >= QUOTED and "same_here" not in turn.acts


def of_new_client(record: HealthRecord, turn: TurnReading) -> tuple[str, ...]:
    """The conditions of another person who now becomes the client: "my mum had a clot", "can you book her in?"."""
    if not turn.for_other:
        return ()
    near = [entry for entry in record.mentioned if entry.whose == "other" and record.turn - entry.turn <= CLIENT_REACH]
    return tuple(dict.fromkeys(entry.id for entry in near))
