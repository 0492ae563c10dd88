"""The booking data of one message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from lamoon.booking.reading import wishes
from lamoon.booking.reading.areas import Area, areas, left_out, other_side
from lamoon.booking.reading.contacts import Span, read_contacts
from lamoon.booking.reading.corrections import withdrawn
from lamoon.booking.reading.intents import Intent, is_cancellation, read_intent
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.name_words import ORDINARY
from lamoon.booking.reading.names import read_name
from lamoon.booking.reading.therapists import therapist
from lamoon.booking.reading.times import Times, When, read_times
from lamoon.text.clean import fold_accents
from lamoon.text.fillers import is_filler
from lamoon.understanding.questions import is_question

if TYPE_CHECKING:
    from spacy.tokens import Doc

Asked = Literal["name", "contact", "when", "wish"]
LONGEST: Final = 2_000
"""Maximum characters parsed."""
_MONTH_FIRST: Final = frozenset(("US", "CA", "PH"))
"""Countries in which 12/11 is in December."""
_NO_NAMES: Final = frozenset(("TREATMENT", "BODY_PART", "TIME", "CONDITION", "MEDICINE", "PERSON"))
_REFERENCE: Final = re.compile(r"\bLM-[A-Z0-9]{5}\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[^.,;!?\n]+")
_FEWEST_WORDS_OF_A_WISH: Final = 3
_ABOUT_HEALTH: Final = re.compile(
    r"\b(?:none|nothing|healthy|health|medical|illness\w*|ill|sick|condition\w*|injur\w*|problems?|issues?|pregnan\w*|doctor)\b",
    re.IGNORECASE,
)
_NOTED: Final = re.compile(
    r"\b(?:firm|hard|gentle|soft|light|pressure|whatsapp|wheelchair|parking|allerg\w+|scent|birthday|surprise|oil|quiet|stairs|ring|knock|buzzer|discount|how much|price|cost|insurance)\b"
)


@dataclass(frozen=True)
class BookingMessage:
    """The booking data of a message; absent values are empty.

    Attributes:
        intent: book, provide, change, cancel or status.
        name: of the person treated if given, else of the writer.
        email: in small letters.
        phone: E.164; "local:" before seven digits, ";ext=" before an extension.
        when: the requested times.
        services: mfr, deep_tissue, massage, facial, gift_voucher, other.
        kinds: the visitor's words for them, where they say more: "Swedish massage".
        body: parts of the body in the singular.
        areas: the visitor's words for them, by part.
        without: parts that are no longer wished.
        side: the other side of a known area: left, right, other or both.
        minutes: how long.
        for_whom: self, mother, father, partner, child, sibling, grandparent, friend, two_people or group.
        therapist: female, male, none, same, or a name.
        invalid: whether a given value is impossible.
        problem: why a day or time is impossible: "gone", "no_such", or empty; not part of the contract.
        notes: other information for the team.
    """

    intent: Intent
    name: str = ""
    email: str = ""
    phone: str = ""
    when: tuple[When, ...] = ()
    services: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    body: tuple[str, ...] = ()
    areas: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    side: str = ""
    minutes: int | None = None
    for_whom: str = ""
    therapist: str = ""
    invalid: bool = False
    problem: str = ""
    notes: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the given fields, in the format of the contract of booking messages."""
        services: Any = list(self.services) if len(self.services) > 1 else "".join(self.services)
        shown: dict[str, Any] = {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "when": [when.as_json() for when in self.when],
            "service": services,
            "kinds": dict(self.kinds),
            "body": list(self.body),
            "areas": dict(self.areas),
            "without": list(self.without),
            "side": self.side,
            "minutes": self.minutes,
            "for_whom": self.for_whom,
            "therapist_preference": self.therapist,
            "invalid": self.invalid,
            "notes": self.notes,
            "intent": self.intent,
        }
        return {key: value for key, value in shown.items() if value not in ("", None, [], {}, False)}


def read_message(
    text: str,
    asked: Asked | None = None,
    *,
    now: datetime,
    region: str = "US",
    zone: tzinfo | None = None,
    doc: Doc | None = None,
) -> BookingMessage:
    """Extract the booking data of a message. Never raises; text beyond LONGEST characters is ignored.

    Args:
        text: the message as it was written.
        asked: the open question that it answers.
        now: the current time; without a time zone it is the studio's time.
        region: the studio's country, ISO code, for phone numbers and dates in figures.
        zone: the studio's time zone.
        doc: the document of the message, if it exists already.
    """
    text = text[:LONGEST]
    document = doc if doc is not None and doc.user_data["text"] == text else _document(text)
    local = now.astimezone(zone) if now.tzinfo and zone else now
    contacts = read_contacts(text, asked, region)
    spans: list[Span] = [*contacts.spans, *((*found.span(), "reference") for found in _REFERENCE.finditer(text))]
    reading = _read(text, asked, document, spans, local, region)
    if hidden := _as_name(reading, text):  # "Sunday Rose" is not a day
        reading = replace(_read(text, asked, document, [*spans, *hidden], local, region), name=reading.name)
    line, times = reading.line, reading.times
    given = {
        name
        for name, value in (
            ("name", reading.name), ("email", contacts.email), ("phone", contacts.phone), ("when", times.whens),
            ("service", reading.services), ("body", reading.body), ("minutes", reading.minutes), ("for_whom", reading.for_whom),
        )
        if value
    }  # fmt: skip
    return BookingMessage(
        intent=read_intent(line, asked, given, times.refused),
        name=reading.name,
        email=contacts.email,
        phone=contacts.phone,
        when=times.whens,
        services=tuple(reading.services),
        kinds={name: words for name, words in reading.services.items() if words},
        body=tuple(reading.body),
        areas=_worded(reading.areas),
        without=tuple(part for part in reading.without if part not in reading.body),
        side="" if reading.areas else other_side(line),
        minutes=reading.minutes,
        for_whom=reading.for_whom,
        therapist=reading.therapist,
        invalid=contacts.invalid or times.invalid,
        problem=times.problem,
        notes=_notes(text, document, line, asked),
    )


@dataclass(frozen=True)
class _Reading:
    """The results of a line's readers."""

    line: Line
    times: Times
    services: dict[str, str]
    areas: list[Area]
    without: list[str]
    minutes: int | None
    for_whom: str
    therapist: str
    name: str

    @property
    def body(self) -> list[str]:
        """The parts of the body, each once."""
        return list(dict.fromkeys(area.part for area in self.areas))


def _read(text: str, asked: Asked | None, document: Doc, spans: list[Span], now: datetime, region: str) -> _Reading:
    line = Line(text, document.user_data["parts"], spans)
    cancels = is_cancellation(line.words)
    taken_back = withdrawn(line) if not cancels else []
    without = left_out(line, taken_back)
    for start, end in taken_back:
        line.take(start, end, "withdrawn")
    minutes = wishes.minutes(line)
    times = read_times(line, now, region in _MONTH_FIRST, asked, cancels)
    services, named = wishes.services(line), areas(line)
    kin, who = wishes.for_whom(line, asked), therapist(line, asked)
    name = read_name(line, asked, _no_names(text, document), kin == "two_people", who or "")
    return _Reading(line, times, services, named, without, minutes, kin or "", who or "", name or "")


def _worded(named: Iterable[Area]) -> dict[str, str]:
    """Return the visitor's words for each part: "left knee, right knee"."""
    found: dict[str, list[str]] = {}
    for area in named:
        if area.words:
            found.setdefault(area.part, []).append(area.words)
    return {
        part: ", ".join(dict.fromkeys(one for one in words if not any(one in other for other in words if other != one)))
        for part, words in found.items()
    }


def _as_name(reading: _Reading, text: str) -> list[Span]:
    """Return the places of the name's words if one of them was also read as something else."""
    places = [re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", text) for word in reading.name.split()]
    spans: list[Span] = [(*found.span(), "name") for found in places if found]
    read = [
        reading.line.labels[place]
        for place, token in enumerate(reading.line.tokens)
        if any(start <= token.start < end for start, end, _ in spans)
    ]
    return spans if any(read) else []


def _no_names(text: str, document: Doc) -> list[tuple[int, int]]:
    """Return the places of entities that are not names: kin, treatments, body parts, times, conditions, medicines.

    A single word that became an entity by repair is left out: "brody" is not "body".
    """
    words = document.user_data["words"]
    identity = {(span.start, span.end) for span in document.spans["identity"]}
    places = []
    for entity in document.ents:
        start, end = words[entity.start].start, words[entity.end - 1].end
        as_written = len(entity) > 1 or fold_accents(text[start:end]).startswith(entity.text.lower())
        if entity.label_ in _NO_NAMES and as_written and (entity.start, entity.end) not in identity:
            places.append((start, end))
    return places


def _notes(text: str, document: Doc, line: Line, asked: Asked | None) -> str:
    """Return references, health mentions, and wishes without a field, in the visitor's words."""
    notes = [found[0].upper() for found in _REFERENCE.finditer(text)]
    words = document.user_data["words"]
    spans = [*document.spans["health"]] if "health" in document.spans else []
    spans += [entity for entity in document.ents if entity.label_ in ("CONDITION", "MEDICINE")] if not spans else []
    notes += [f"health: {text[words[span.start].start : words[span.end - 1].end]}" for span in spans]
    for clause in _CLAUSE.finditer(text):
        inside = [at for at, token in enumerate(line.tokens) if clause.start() <= token.start < clause.end()]
        if any(line.tokens[at].norm.startswith("<") for at in inside):
            continue  # a contact, which "you can ring me on" is about
        is_open = asked in ("wish", "when") and not any(line.labels[at] for at in inside)
        is_question_mark = text[clause.end() : clause.end() + 1] == "?"
        if _NOTED.search(clause[0].lower()) or (is_open and not is_question_mark and _is_wish(clause[0])):
            notes.append(clause[0].strip())
    return "; ".join(dict.fromkeys(notes))


def _is_wish(clause: str) -> bool:
    """Return whether a clause that no reader has understood, in the answer to what is wished, says something."""
    words = clause.lower().split()
    if len(words) < _FEWEST_WORDS_OF_A_WISH or _ABOUT_HEALTH.search(clause) or is_question(clause):
        return False
    return any(not is_filler(word) and word not in ORDINARY for word in words)


@lru_cache(maxsize=1)
def _reader() -> Any:
    from lamoon.screening.screener import shared_screener

    return shared_screener().reader


def _document(text: str) -> Doc:
    return cast("Doc", _reader().read(text))


__all__ = ["Asked", "BookingMessage", "When", "read_message"]
