"""A visitor's request to the studio, and its invariants.

The most important one: `hold` is True whenever a person has to review the visitor's health before anything is
confirmed. That is the case when a condition that requires it is open, or when the screening question was not answered
"no" (including "not asked"). A request that violates it cannot be created, and only staff lift a hold.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeVar, get_args

from lamoon.booking.appointment import WishedTime
from lamoon.booking.consent import Consent
from lamoon.booking.contact import Contact
from lamoon.errors import RequestError
from lamoon.storage.time import now
from lamoon.text.clean import clean

PREFIX = "LM-"
SIGNS = "34679CDFGHJKMNPQRTWXY"
LENGTH = 5


def new_reference() -> str:
    """Return a random reference."""
    return PREFIX + "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def read_reference(text: str) -> str:
    """Return the stored form of a typed reference: "lm 7k3f9" and "7K3F9" are LM-7K3F9."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return PREFIX + signs.removeprefix("LM") if len(signs) > LENGTH else PREFIX + signs


Kind = Literal["booking", "handoff"]
"""booking: asks for an appointment. handoff: a question or message for a person."""
Screening = Literal["no", "yes", "details", "not_asked"]
"""The answer to the screening question. details: the visitor named it (`health_words`)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
SCREENINGS: tuple[Screening, ...] = get_args(Screening)
Choice = TypeVar("Choice", bound=str)
LONGEST = {"name": 80, "wish": 1000, "health_words": 10_000, "conversation_id": 255, "run_id": 255, "channel": 50}
"""Maximum characters of each text."""
LONGEST_WORDS = 1000
MOST_DETAILS = 50
NO_NAME = "(no name given)"
"""Placeholder for the name of a visitor who was not asked for it."""
MOST_CONDITIONS = 50


@dataclass(frozen=True)
class DisclosedCondition:
    """A health condition: its id in the screening catalogue, the visitor's `words`, and whether it holds a booking."""

    id: str
    words: str = field(default="", repr=False)
    hold: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", clean(self.id)[:100])
        object.__setattr__(self, "words", clean(self.words)[:LONGEST_WORDS])
        if not self.id:
            raise RequestError("a condition has no id: expected an id of the screening catalogue, such as blood_clot")

    @classmethod
    def from_value(cls, value: Mapping[str, object]) -> DisclosedCondition:
        """Create a condition from the mapping {id, words, hold} in a slot or row. Without `hold` it holds a booking, to
        be safe.
        """
        return cls(str(value.get("id") or ""), str(value.get("words") or ""), value.get("hold") is not False)

    def as_value(self) -> dict[str, str | bool]:
        """Return the mapping {id, words, hold} for slots and rows."""
        return {"id": self.id, "words": self.words, "hold": self.hold}


@dataclass(frozen=True)
class BookingRequest:
    """A request. Raises RequestError when it breaks a rule. Texts are cleaned to one line.

    `conversation_id` and `run_id` (one per run of the form) together make it idempotent. `wish` is the wanted treatment
    and time; for a handoff it is the question. `conditions` are open, `retracted` ones stay on record. `details` are
    answers to questions that have no field, by slot. `created_at` is in UTC. The visitor's words are not in `repr`, to
    keep them out of logs. `wished` is the first time in the wish that has a date, for the studio's calendar. `consents`
    record what the yes was to; empty if the question is not known.
    """

    conversation_id: str
    run_id: str
    name: str = field(repr=False)
    contact: Contact = field(repr=False)
    wish: str = field(repr=False)
    consent: bool
    screening: Screening = "not_asked"
    kind: Kind = "booking"
    health_words: str = field(default="", repr=False)
    conditions: tuple[DisclosedCondition, ...] = field(default=(), repr=False)
    retracted: tuple[DisclosedCondition, ...] = field(default=(), repr=False)
    hold: bool = False
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    channel: str = "rest"
    created_at: datetime = field(default_factory=now)
    reference: str = field(default_factory=new_reference)
    wished: WishedTime | None = field(default=None, repr=False)
    consents: tuple[Consent, ...] = ()

    def __post_init__(self) -> None:
        for name, longest in LONGEST.items():
            object.__setattr__(self, name, _text(name, getattr(self, name), longest))
        object.__setattr__(self, "conditions", _conditions(self.conditions))
        object.__setattr__(self, "retracted", _conditions(self.retracted))
        object.__setattr__(self, "details", _details(self.details))
        object.__setattr__(self, "created_at", _utc(self.created_at))
        one_of("kind", self.kind, KINDS)
        one_of("screening", self.screening, SCREENINGS)
        if self.consent is not True:
            raise RequestError("there is no consent: expected consent=True, so ask the visitor before storing anything")
        if not (self.contact.email or self.contact.phone):
            raise RequestError("there is no contact: expected an e-mail address or a phone number from parse_contact")
        object.__setattr__(self, "hold", bool(self.hold) or self.needs_hold())

    def needs_hold(self) -> bool:
        """Return whether the visitor's answers about health require a hold."""
        return self.screening != "no" or any(condition.hold for condition in self.conditions)

    @property
    def waits_for_review(self) -> bool:
        """Whether the request starts on hold. A message for the team does so only if it mentions health."""
        return self.hold and (self.kind == "booking" or self.screening != "not_asked" or bool(self.conditions))


def _text(name: str, text: str, longest: int) -> str:
    """Return `text` on one clean line. All texts but `health_words` are required."""
    cleaned = clean(text)
    if not cleaned and name != "health_words":
        raise RequestError(f"{name} is empty: expected text of up to {longest} characters")
    if len(cleaned) > longest:
        raise RequestError(f"{name} has {len(cleaned)} characters: expected at most {longest}")
    return cleaned


def _details(details: Mapping[str, str]) -> dict[str, str]:
    """Return each answer on one clean line. Raises RequestError if there are too many, or one is too long."""
    cleaned = {clean(slot)[:100]: clean(answer) for slot, answer in details.items()}
    too_long = [slot for slot, answer in cleaned.items() if len(answer) > LONGEST_WORDS]
    if len(cleaned) > MOST_DETAILS or too_long:
        raise RequestError(
            f"details hold too much: expected at most {MOST_DETAILS} answers of up to {LONGEST_WORDS} characters"
        )
    return {slot: answer for slot, answer in cleaned.items() if answer}


def _conditions(conditions: Iterable[DisclosedCondition]) -> tuple[DisclosedCondition, ...]:
    """Return each condition once, those that hold first, limited so that the e-mail stays readable."""
    unique = tuple(dict.fromkeys(conditions))
    return (
        unique if len(unique) <= MOST_CONDITIONS else tuple(sorted(unique, key=lambda c: not c.hold))[:MOST_CONDITIONS]
    )


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise RequestError("created_at has no time zone: expected one in UTC, such as datetime.now(UTC)")
    return moment.astimezone(UTC)


def one_of(name: str, value: object, choices: tuple[Choice, ...]) -> Choice:
    """Return `value` if it is one of `choices`. Raises RequestError otherwise."""
    for choice in choices:
        if choice == value:
            return choice
    raise RequestError(f"{name} is not known: expected one of {', '.join(choices)}")
