"""What one message says for a booking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, cast


from lamoon.booking.reading import wishes
from lamoon.booking.reading.contacts import read_contacts
from lamoon.booking.reading.corrections import withdrawn
from lamoon.booking.reading.intents import Intent, read_intent
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.names import read_name
from lamoon.booking.reading.times import When, read_times

if TYPE_CHECKING:
    from spacy.tokens import Doc

Asked = Literal["name", "contact", "when", "wish"]
LONGEST: Final = 2_000
"""Characters read."""
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
    line = Line(text, document.user_data["parts"], contacts.spans)
    for start, end in withdrawn(line):
        line.take(start, end, "withdrawn")
    cancels = bool(re.search(r"\b(?:cancel\w*|withdraw|unable to)\b", line.words))
    minutes = wishes.minutes(line)
    times = read_times(line, local, region in ("US", "CA", "PH"), asked, cancels)
    services = wishes.services(line)
    body = wishes.body_parts(line)
    kin, therapist = wishes.for_whom(line), wishes.therapist(line)
    name = read_name(line, asked, _no_names(document))
    if therapist and name == therapist:
        name = None
    given = {
        field
        for field, value in (
            ("name", name), ("email", contacts.email), ("phone", contacts.phone), ("when", times.whens), ("service", services),
            ("body", body), ("minutes", minutes), ("for_whom", kin),
        )
        if value
    }  # fmt: skip
    return BookingMessage(
        intent=read_intent(line, asked, given, times.refused),
        name=name or "",
        email=contacts.email,
        phone=contacts.phone,
        when=times.whens,
        services=tuple(services),
        body=tuple(body),
        minutes=minutes,
        for_whom=kin or "",
        therapist=therapist or "",
        invalid=contacts.invalid or times.invalid,
        notes=_notes(text, line, document),
    )


def _no_names(document: Doc) -> list[tuple[int, int]]:
    """The places of entities that are no names: kin, treatments, parts of the body, times, conditions, medicines."""
    words = document.user_data["words"]
    identity = {(span.start, span.end) for span in document.spans["identity"]}
    return [
        (words[entity.start].start, words[entity.end - 1].end)
        for entity in document.ents
        if entity.label_ in _NO_NAMES and (entity.start, entity.end) not in identity
    ]


def _notes(text: str, line: Line, document: Doc) -> str:
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
