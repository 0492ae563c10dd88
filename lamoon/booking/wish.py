"""A visitor's wish, collected from several messages: treatment, area, minutes, days and times, for whom."""

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
_SIDE: Final = re.compile(r"\b(?:left|right)\b")
_OTHER_SIDE: Final = {"left": "right", "right": "left"}
_HEALTH_NOTE: Final = re.compile(r"health: |LM-")
LONGEST_WORDS: Final = 500


@dataclass(frozen=True)
class Wish:
    """The parts of a wish, as `lamoon.booking.reading` names them.

    Attributes:
        services, kinds, body, areas, minutes, therapist, for_whom: see BookingMessage.
        when: mappings with `day`, `from`, `to`, `except`, and `part` if a part of the day was named.
        words: the visitor's own, if nothing was understood in them.
        notes: anything else, in the visitor's words.
    """

    services: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    body: tuple[str, ...] = ()
    areas: Mapping[str, str] = field(default_factory=dict)
    minutes: int | None = None
    when: tuple[Mapping[str, Any], ...] = ()
    therapist: str = ""
    for_whom: str = ""
    words: str = field(default="", repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_slot(cls, value: object) -> Wish:
        """Return the wish in a slot's value; an empty one if there is none."""
        if not isinstance(value, Mapping):
            return cls()
        known = {name: entry for name, entry in value.items() if name in cls.__dataclass_fields__}
        lists = {name: tuple(known.get(name) or ()) for name in ("services", "body", "when", "notes")}
        return cls(**{**known, **lists})

    def to_slot(self) -> dict[str, Any]:
        """Return the slot's value, JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }

    @property
    def says_what(self) -> bool:
        """Whether a treatment, an area or a length is known."""
        return bool(self.services or self.body or self.minutes or self.words)

    def merged(self, reading: Mapping[str, Any], text: str) -> Wish:
        """Return the wish after a message: its values replace the known ones, or are added after "also"."""
        given = Wish(
            services=_listed(reading.get("service")),
            body=tuple(reading.get("body") or ()),
            when=tuple(_with_part(when, text) for when in reading.get("when") or ()),
        )
        keep = bool(_ADDS.search(text))
        notes = [note for note in str(reading.get("notes") or "").split("; ") if note]
        notes = [] if any(_HEALTH_NOTE.match(note) for note in notes) else notes  # health has its own slot
        if "other" in given.services:
            notes.append(text[:LONGEST_WORDS])
        given = replace(given, when=_completed(self.when, given.when, text))
        without = _listed(reading.get("without"))
        notes += [f"not the {_area(part)}" for part in without if given.body and part not in self.body]
        known = tuple(part for part in self.body if part not in without)
        body = _joined(known, given.body, keep or self._corrects_side(reading, given.body))
        services = _joined(self.services, given.services, keep)
        kinds = {**self.kinds, **(reading.get("kinds") or {})}
        return replace(
            self,
            services=services,
            kinds={name: kinds[name] for name in services if name in kinds},
            body=body,
            areas=_named(self, reading, body, keep),
            when=_joined(self.when, given.when, keep),
            minutes=reading.get("minutes") or self.minutes,
            therapist=str(reading.get("therapist_preference") or self.therapist),
            for_whom=str(reading.get("for_whom") or self.for_whom),
            notes=tuple(dict.fromkeys((*self.notes, *notes))),
        )

    def _corrects_side(self, reading: Mapping[str, Any], body: Sequence[str]) -> bool:
        """Return whether a message only changes the side of a known area, so that the other areas stay."""
        given: Mapping[str, str] = reading.get("areas") or {}
        known = [_SIDE.search(self.areas.get(part, "")) for part in body]
        return all(known) and all(_SIDE.search(given.get(part, "")) for part in body) and len(given) == len(body)

    def __str__(self) -> str:
        """Return the wish as it is read back and sent: "myofascial release, calves, Wednesday after 4 pm"."""
        services = [self.kinds.get(name) or _SERVICES[name] for name in self.services if name in _SERVICES]
        parts = [
            *services,
            *(self.areas.get(part) or _area(part) for part in self.body),
            f"{self.minutes} minutes" if self.minutes else "",
            " or ".join(filter(None, (_when(when) for when in self.when))),
            _THERAPISTS.get(self.therapist, f"with {self.therapist}" if self.therapist else ""),
            _FOR.get(self.for_whom, ""),
            self.words,
            *self.notes,
        ]
        return ", ".join(part for part in parts if part)


def says_something(reading: Mapping[str, Any]) -> bool:
    """Return whether a reading has a part of a wish."""
    return any(
        reading.get(name) for name in ("when", "service", "body", "without", "side", "minutes", "therapist_preference")
    )


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, Sequence) else ()


def _joined(old: tuple[Any, ...], new: tuple[Any, ...], keep: bool) -> tuple[Any, ...]:
    if not new:
        return old
    return (*old, *(entry for entry in new if entry not in old)) if keep else new


def _named(known: Wish, reading: Mapping[str, Any], body: Sequence[str], keep: bool) -> dict[str, str]:
    """Return the visitor's words for each area after a message, with the corrected side."""
    given: Mapping[str, str] = reading.get("areas") or {}
    named = {part: known.areas.get(part, "") for part in body}
    for part in (part for part in body if part in _listed(reading.get("body"))):
        old, new = named[part], given.get(part, "")
        if keep and old and new and new not in old:
            named[part] = f"{old}, {new}"
        elif "other" in new.split() and (side := _SIDE.search(old)):
            named[part] = new.replace("other", _OTHER_SIDE[side[0]])
        elif not (old.endswith(new) and part in known.body):
            named[part] = new
    if reading.get("side") and not given:
        named = _on_side(named, str(reading["side"]))
    return {part: words for part, words in named.items() if words}


def _on_side(named: Mapping[str, str], side: str) -> dict[str, str]:
    """Return the words with the side of the only area that has one, or of the only area, replaced."""
    sided = [part for part, words in named.items() if _SIDE.search(words)] or list(named)
    if len(sided) != 1:
        return dict(named)
    part = sided[0]
    words = named[part] or _area(part)
    found = _SIDE.search(words)
    if side == "both":
        words = f"both {_area(part)}"
    elif found:
        words = _SIDE.sub(_OTHER_SIDE[found[0]] if side == "other" else side, words)
    elif side != "other":
        words = f"{side} {words}"
    return {**named, part: words}


def _completed(
    old: tuple[Mapping[str, Any], ...], new: tuple[Mapping[str, Any], ...], text: str
) -> tuple[Mapping[str, Any], ...]:
    """Complete a single day or time that changes a known one: "make it Sunday" after Saturday at 1 is Sunday at 1."""
    if len(new) != 1 or len(old) != 1 or not _ALTERS.search(text):
        return new
    known, change = old[0], new[0]
    if not (change.get("from") or change.get("to")) and not _ANY_TIME.search(text):
        return ({**known, **{name: value for name, value in change.items() if value}},)
    return ({**change, "day": known.get("day")},) if not change.get("day") else new


def _with_part(when: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return `when` with the part of the day that the message names, if its window is exactly that part."""
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
