"""References to conditions that were mentioned before: "same here", "the third one", "because I have one"."""

from __future__ import annotations

import re
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
"""Number of the list's conditions from which a message counts as a quotation of the list."""
CLIENT_REACH: Final = 12
"""Messages after which another person's condition no longer applies when that person becomes the client."""
REACH: Final = 3
"""Maximum messages between a mention and a reference to it."""


@dataclass(frozen=True)
class Reference:
    """A resolved reference.

    Attributes:
        ids: ids of its possible antecedents.
        is_clear: whether it means all of them; otherwise the reply has to ask which.
        of_other: whether it claims them for another person ("my wife too").
    """

    ids: tuple[str, ...]
    is_clear: bool
    of_other: bool = False


def referred(record: HealthRecord, turn: TurnReading, asks_list: bool = False) -> Reference | None:
    """Return the conditions that a message claims for the visitor without naming them; None if it refers to none.

    Args:
        record: before the message, with the message's own number.
        turn: the message, which names no condition of the visitor.
        asks_list: whether the open question of a form reads out our list.
    """
    near = [entry for entry in record.mentioned if record.turn - entry.turn <= REACH]
    of_other = turn.names_person and not (turn.first_person or turn.compares)
    if turn.place is not None and (asks_list or any(entry.whose == "list" for entry in near)):
        line = () if asks_list and turn.place > len(LISTED) else _line(turn.place)
        return Reference(line, len(line) == 1 or of_other, of_other) if line else None
    if "same_here" not in turn.acts and not turn.compares:
        return _implied(record, turn)
    mentioned = [entry for entry in near if entry.whose != "list"]
    mentioned += [entry for entry in record.open if record.turn - entry.turn <= REACH]
    if not mentioned:
        return Reference(ALL_LISTED, False) if near else None
    latest = max(entry.turn for entry in mentioned)
    return Reference(tuple(dict.fromkeys(entry.id for entry in mentioned if entry.turn == latest)), True, of_other)


def _implied(record: HealthRecord, turn: TurnReading) -> Reference | None:
    """Return the implied claim of a statement about oneself right after others' conditions. "Do you treat people with
    cancer?", "I ask for a reason": a claim that the visitor can deny is safer than none.
    """
    latest = [entry for entry in record.mentioned if entry.whose != "list" and record.turn - entry.turn == 1]
    speaks_of_self = turn.first_person and not (turn.third_person or turn.names_person or turn.denies or turn.just_asks)
    if (
        not latest
        or turn.safety.get("conditions")
        or not speaks_of_self
        or turn.intent not in ("report_condition", "nlu_fallback")
    ):
        return None
    return Reference(tuple(dict.fromkeys(entry.id for entry in latest)), True)


def _line(place: int) -> tuple[str, ...]:
    """Return the conditions at a place of the list: visitors count its four lines, or each condition in them."""
    if place <= len(LISTED):
        return LISTED[place - 1 if place > 0 else place]
    return ALL_LISTED[place - 1 : place]


def quotes_list(affirmed: Sequence[str], turn: TurnReading) -> bool:
    """Return whether the message repeats our list instead of stating what applies."""
    return len(set(affirmed) & set(ALL_LISTED)) >= QUOTED and "same_here" not in turn.acts


def of_others(record: HealthRecord, turn: TurnReading) -> tuple[str, ...]:
    """Return the conditions of another person that a message continues to talk about: "is she all right for
    Sunday?".
    """
    latest = record.mentioned[-1] if record.mentioned else None
    goes_on = bool(
        latest and record.turn - latest.turn == 1 and turn.acts & {"only_elsewhere", "asks_if_allowed", "asks_how_long"}
    )
    if not (turn.third_person or goes_on) or turn.first_person or turn.has_fact or not latest:
        return ()
    near = [entry for entry in record.mentioned if entry.whose == "other" and record.turn - entry.turn <= REACH]
    return tuple(dict.fromkeys(entry.id for entry in near))


_THIRD_WISHES: Final = re.compile(
    r"(?<!\bi )(?<!\bwe )(?<!\byou )\b(?:wants|needs|fancies|is after|asked for|asks for|would (?:like|love)|could do with)"
    r" (?:an?|one|some|to (?:have|get|book|come|try)|your)\b",
    re.IGNORECASE,
)
"""A wish of another person: "she would like an hour with you"."""


def of_new_client(record: HealthRecord, turn: TurnReading) -> tuple[str, ...]:
    """Return the conditions of another person who now becomes the client: "my mum had a clot", "can you book her
    in?", "the man I care for has a tumor and would like a massage".
    """
    books = turn.intent == "book_appointment"
    here = turn.mentions("other_person") if books and _THIRD_WISHES.search(turn.text) else []
    if not (here or turn.for_other or (books and turn.third_person)):
        return ()
    near = [entry for entry in record.mentioned if entry.whose == "other" and record.turn - entry.turn <= CLIENT_REACH]
    return tuple(dict.fromkeys([*here, *(entry.id for entry in near)]))
