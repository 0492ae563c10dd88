"""What one message says for a booking."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from lamoon.booking.reading import wishes
from lamoon.booking.reading.contacts import Span, read_contacts
from lamoon.booking.reading.corrections import withdrawn
from lamoon.booking.reading.intents import Intent, is_cancellation, read_intent
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.names import read_name
from lamoon.booking.reading.times import Times, When, read_times
from lamoon.text.clean import fold_accents

if TYPE_CHECKING:
    from spacy.tokens import Doc

Asked = Literal["name", "contact", "when", "wish"]
LONGEST: Final = 2_000
"""Characters read."""
_MONTH_FIRST: Final = frozenset(("US", "CA", "PH"))
"""Countries in which 12/11 is in December."""
_NO_NAMES: Final = frozenset(("TREATMENT", "BODY_PART", "TIME", "CONDITION", "MEDICINE", "PERSON"))
_REFERENCE: Final = re.compile(r"\bLM-[A-Z0-9]{5}\b", re.IGNORECASE)
_NOTED: Final = re.compile(
    r"\b(?:firm|hard|gentle|soft|light|pressure|whatsapp|wheelchair|parking|allerg\w+|scent|birthday|surprise|oil|quiet|stairs|ring|knock|buzzer|discount|how much|price|cost|insurance)\b"
)


@dataclass(frozen=True)
class BookingMessage:
    """What a message gives; empty where it gives nothing.

    Attributes:
        intent: book, provide, change, cancel or status.
        name: of who is treated where that is said, else of who writes.
        email: in small letters.
        phone: E.164; "local:" before seven digits, ";ext=" before an extension.
        when: the wishes of when to come.
        services: mfr, deep_tissue, massage, facial, gift_voucher, other.
        body: parts of the body in the singular.
        minutes: how long.
        for_whom: self, mother, father, partner, child, sibling, grandparent, friend, two_people or group.
        therapist: female, male, none, same, or a name.
        invalid: whether something given cannot be.
        problem: why a day or time cannot be: "gone", "no_such", or empty; not part of the contract.
        notes: what the team should know besides.
    """

    intent: Intent
    name: str = ""
    email: str = ""
    phone: str = ""
    when: tuple[When, ...] = ()
    services: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    minutes: int | None = None
    for_whom: str = ""
    therapist: str = ""
    invalid: bool = False
    problem: str = ""
    notes: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields that are given, as the contract of booking messages has them."""
        services: Any = list(self.services) if len(self.services) > 1 else "".join(self.services)
        shown: dict[str, Any] = {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "when": [when.as_json() for when in self.when],
            "service": services,
            "body": list(self.body),
            "minutes": self.minutes,
            "for_whom": self.for_whom,
            "therapist_preference": self.therapist,
            "invalid": self.invalid,
            "notes": self.notes,
            "intent": self.intent,
        }
        return {key: value for key, value in shown.items() if value not in ("", None, [], False)}


def read_message(
    text: str,
    asked: Asked | None = None,
    *,
    now: datetime,
    region: str = "US",
    zone: tzinfo | None = None,
    doc: Doc | None = None,
) -> BookingMessage:
    """What a message says for a booking. Never raises; text beyond LONGEST characters is not read.

    Args:
        text: the message as it was written.
        asked: the open question that it answers.
        now: the present; without a time zone it is the studio's time.
        region: the studio's country, ISO code, for phone numbers and dates in figures.
        zone: the studio's time zone.
        doc: the document of the message, where it has been made.
    """
    text = text[:LONGEST]
    document = doc if doc is not None and doc.user_data["text"] == text else _document(text)
    local = now.astimezone(zone) if now.tzinfo and zone else now
    contacts = read_contacts(text, asked, region)
    spans: list[Span] = [*contacts.spans, *((*found.span(), "reference") for found in _REFERENCE.finditer(text))]
    reading = _read(text, asked, document, spans, local, region)
    if hidden := _as_name(reading, text):  # "Sunday Rose" is no day
        reading = replace(_read(text, asked, document, [*spans, *hidden], local, region), name=reading.name)
    line, times = reading.line, reading.times
    given = {
        field
        for field, value in (
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
        body=tuple(reading.body),
        minutes=reading.minutes,
        for_whom=reading.for_whom,
        therapist=reading.therapist,
        invalid=contacts.invalid or times.invalid,
        problem=times.problem,
        notes=_notes(text, document),
    )


@dataclass(frozen=True)
class _Reading:
    """What the readers of a line find."""

    line: Line
    times: Times
    services: list[str]
    body: list[str]
    minutes: int | None
    for_whom: str
    therapist: str
    name: str


def _read(text: str, asked: Asked | None, document: Doc, spans: list[Span], now: datetime, region: str) -> _Reading:
    line = Line(text, document.user_data["parts"], spans)
    cancels = is_cancellation(line.words)
    for start, end in withdrawn(line) if not cancels else ():
        line.take(start, end, "withdrawn")
    minutes = wishes.minutes(line)
    times = read_times(line, now, region in _MONTH_FIRST, asked, cancels)
    services, body = wishes.services(line), wishes.body_parts(line)
    kin, therapist = wishes.for_whom(line, asked), wishes.therapist(line, asked)
    name = read_name(line, asked, _no_names(text, document), kin == "two_people", therapist or "")
    return _Reading(line, times, services, body, minutes, kin or "", therapist or "", name or "")


def _as_name(reading: _Reading, text: str) -> list[Span]:
    """The places of the name's words where one of them was read as something else too."""
    places = [re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", text) for word in reading.name.split()]
    spans: list[Span] = [(*found.span(), "name") for found in places if found]
    read = [
        reading.line.labels[place]
        for place, token in enumerate(reading.line.tokens)
        if any(start <= token.start < end for start, end, _ in spans)
    ]
    return spans if any(read) else []


def _no_names(text: str, document: Doc) -> list[tuple[int, int]]:
    """The places of entities that are no names: kin, treatments, parts of the body, times, conditions, medicines.

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


def _notes(text: str, document: Doc) -> str:
    """References, health that is mentioned, and wishes that have no field, in the visitor's words."""
    notes = [found[0].upper() for found in _REFERENCE.finditer(text)]
    words = document.user_data["words"]
    spans = [*document.spans["health"]] if "health" in document.spans else []
    spans += [entity for entity in document.ents if entity.label_ in ("CONDITION", "MEDICINE")] if not spans else []
    notes += [f"health: {text[words[span.start].start : words[span.end - 1].end]}" for span in spans]
    notes += [part.strip() for part in re.split(r"[.,;!?\n]", text) if _NOTED.search(part.lower())]
    return "; ".join(dict.fromkeys(notes))


@lru_cache(maxsize=1)
def _reader() -> Any:
    from lamoon.screening.screener import shared_screener

    return shared_screener().reader


def _document(text: str) -> Doc:
    return cast("Doc", _reader().read(text))


__all__ = ["Asked", "BookingMessage", "When", "read_message"]
