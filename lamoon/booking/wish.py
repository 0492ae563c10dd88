"""What a visitor wishes, put together from several messages: treatment, area, minutes, days and times, for whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from lamoon.phrasebook import say

_SERVICES: Final = {
    "mfr": "myofascial release",
    "deep_tissue": "deep tissue massage",
    "massage": "massage",
    "facial": "facial",
    "gift_voucher": "gift voucher",
}
_PLURALS: Final = {"calf": "calves", "foot": "feet", "it_band": "IT band", "full_body": "full body"}
_SINGLE: Final = frozenset("neck back upper_back lower_back jaw head chest it_band full_body".split())
_FOR: Final = {
    "self": "",
    "two_people": "for two people",
    "group": "for a group",
    **{kin: f"for a {kin}" for kin in ("mother", "father", "partner", "child", "sibling", "grandparent", "friend")},
}
_THERAPISTS: Final = {
    "female": "with a female therapist",
    "male": "with a male therapist",
    "none": "with any therapist",
    "same": "with the same therapist as last time",
}
_DAYS: Final = {"weekday": "a weekday", "weekend": "a weekend day", "any": "any day", "asap": "as soon as possible"}
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PARTS: Final = {
    "morning": (None, "12:00"),
    "lunchtime": ("12:00", "14:00"),
    "afternoon": ("12:00", "17:00"),
    "evening": ("17:00", None),
}
_ADDS: Final = re.compile(r"\b(also|too|as well|plus|add|another|besides)\b", re.IGNORECASE)
_ALTERS: Final = re.compile(
    r"\b(instead|make (?:it|that)|change|rather|better|move|actually|not|same (?:time|hour|day))\b|^\W*(?:no|oh|wait|sorry)\b",
    re.IGNORECASE,
)
_ANY_TIME: Final = re.compile(r"\b(any ?time|all day|whenever|whole day)\b", re.IGNORECASE)
_HEALTH_NOTE: Final = re.compile(r"health: |LM-")
LONGEST_WORDS: Final = 500


@dataclass(frozen=True)
class Wish:
    """The parts of a wish, as `lamoon.booking.reading` names them.

    Attributes:
        services, body, minutes, therapist, for_whom: see BookingMessage.
        when: mappings with `day`, `from`, `to`, `except`, and `part` where a part of the day was named.
        words: the visitor's own, where nothing was understood in them.
        notes: what has no part of its own, in the visitor's words.
    """

    services: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    minutes: int | None = None
    when: tuple[Mapping[str, Any], ...] = ()
    therapist: str = ""
    for_whom: str = ""
    words: str = field(default="", repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_slot(cls, value: object) -> Wish:
        """The wish in a slot's value; an empty one without it."""
        if not isinstance(value, Mapping):
            return cls()
        known = {name: entry for name, entry in value.items() if name in cls.__dataclass_fields__}
        lists = {name: tuple(known.get(name) or ()) for name in ("services", "body", "when", "notes")}
        return cls(**{**known, **lists})

    def to_slot(self) -> dict[str, Any]:
        """The slot's value, JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }

    @property
    def says_what(self) -> bool:
        """Whether a treatment, an area or a length is known."""
        return bool(self.services or self.body or self.minutes or self.words)

    def merged(self, reading: Mapping[str, Any], text: str) -> Wish:
        """The wish after a message: what it names replaces what was known, or joins it after "also"."""
        given = Wish(
            services=_listed(reading.get("service")),
            body=tuple(reading.get("body") or ()),
            when=tuple(_with_part(when, text) for when in reading.get("when") or ()),
        )
        keep = bool(_ADDS.search(text))
        said = [note for note in str(reading.get("notes") or "").split("; ") if note]
        notes = [] if any(_HEALTH_NOTE.match(note) for note in said) else said  # health has a place of its own
        if "other" in given.services:
            notes.append(text[:LONGEST_WORDS])
        given = replace(given, when=_completed(self.when, given.when, text))
        return replace(
            self,
            services=_joined(self.services, given.services, keep),
            body=_joined(self.body, given.body, keep),
            when=_joined(self.when, given.when, keep),
            minutes=reading.get("minutes") or self.minutes,
            therapist=str(reading.get("therapist_preference") or self.therapist),
            for_whom=str(reading.get("for_whom") or self.for_whom),
            notes=tuple(dict.fromkeys((*self.notes, *notes))),
        )

    def __str__(self) -> str:
        """The wish as it is read back and sent: "myofascial release, calves, Wednesday after 4 pm"."""
        services = [_SERVICES[name] for name in self.services if name in _SERVICES]
        parts = [
            *services,
            *(_area(part) for part in self.body),
            f"{self.minutes} minutes" if self.minutes else "",
            " or ".join(filter(None, (_when(when) for when in self.when))),
            _THERAPISTS.get(self.therapist, f"with {self.therapist}" if self.therapist else ""),
            _FOR.get(self.for_whom, ""),
            self.words,
            *self.notes,
        ]
        return ", ".join(part for part in parts if part)


def says_something(reading: Mapping[str, Any]) -> bool:
    """Whether a reading has a part of a wish."""
    return any(reading.get(name) for name in ("when", "service", "body", "minutes", "therapist_preference"))


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, Sequence) else ()


def _joined(old: tuple[Any, ...], new: tuple[Any, ...], keep: bool) -> tuple[Any, ...]:
    if not new:
        return old
    return (*old, *(entry for entry in new if entry not in old)) if keep else new


def _completed(
    old: tuple[Mapping[str, Any], ...], new: tuple[Mapping[str, Any], ...], text: str
) -> tuple[Mapping[str, Any], ...]:
    """A single day or time that changes a known one, with the other half of it: "make it Sunday" of Saturday at 1."""
    if len(new) != 1 or len(old) != 1 or not _ALTERS.search(text):
        return new
    known, said = old[0], new[0]
    if not (said.get("from") or said.get("to")) and not _ANY_TIME.search(text):
        return ({**known, **{name: value for name, value in said.items() if value}},)
    return ({**said, "day": known.get("day")},) if not said.get("day") else new


def _with_part(when: Mapping[str, Any], text: str) -> dict[str, Any]:
    """`when` with the part of the day that the message names, where its window is just that."""
    window = (when.get("from"), when.get("to"))
    named = [part for part, hours in _PARTS.items() if hours == window and re.search(rf"\b{part}", text.lower())]
    return {**when, "part": named[0]} if named else dict(when)


def _area(part: str) -> str:
    plain = _PLURALS.get(part, part.replace("_", " "))
    return plain if part in _SINGLE or part in _PLURALS else f"{plain}s"


def _when(when: Mapping[str, Any]) -> str:
    window = str(when.get("part") or "") or _window(when.get("from"), when.get("to"))
    day = _day(when.get("day"))
    without = " and ".join(_day(left_out) for left_out in when.get("except") or ())
    shown = " ".join(filter(None, (day, window)))
    return f"{shown} (not {without})" if without else shown


def _day(day: object) -> str:
    if not isinstance(day, str) or not day:
        return ""
    if day in _DAYS:
        return _DAYS[day]
    names = say("weekdays").split(", ")
    if day in _WEEKDAYS:
        return names[_WEEKDAYS.index(day)]
    first, _, last = day.partition("/")
    return f"{_date(first)} to {_date(last)}" if last else _date(first)


def _date(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{say('weekdays').split(', ')[found.weekday()]}, {say('months').split(', ')[found.month - 1]} {found.day}"


def _window(begins: object, ends: object) -> str:
    if begins and ends:
        return f"at {_clock(begins)}" if begins == ends else f"between {_clock(begins)} and {_clock(ends)}"
    return f"after {_clock(begins)}" if begins else f"before {_clock(ends)}" if ends else ""


def _clock(text: object) -> str:
    hour, _, minute = str(text).partition(":")
    if minute == "00" and hour == "12":
        return "noon"
    number = int(hour) if hour.isdigit() else 0
    minutes = "" if minute == "00" else f":{minute}"
    return f"{(number - 1) % 12 + 1}{minutes} {'am' if number % 24 < 12 else 'pm'}"
