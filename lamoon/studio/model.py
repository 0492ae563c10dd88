"""The studio as the assistant knows it, and the sentences it says about it.

Only values of studio.yml are said. An empty value leads to an honest "I don't have ... here". Every sentence stays
under 60 words, whatever the owner filled in: what does not fit is left to the team.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
LIST_WORDS = 36
"""How many words a list of services, prices or hours may take, so that the whole answer stays under 60."""


@dataclass(frozen=True)
class DayHours:
    """One weekday: `text` as the owner wrote it, `spans` of (opens, closes) in order; closed all day when empty."""

    text: str
    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Service:
    """What the studio offers. `minutes` is None and `price` empty when the owner left them out."""

    name: str
    minutes: int | None = None
    price: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.minutes} minutes)" if self.minutes else self.name


@dataclass(frozen=True)
class CannedReply:
    """Words that the team often needs: a short title for them, and the words as a visitor reads them."""

    title: str
    text: str


@dataclass(frozen=True)
class EmergencyNumbers:
    """Numbers of one country. `crisis` and `crisis_name` are empty where the owner gave no crisis line."""

    emergency: str
    crisis: str = ""
    crisis_name: str = ""

    def crisis_line(self) -> str:
        """The crisis line to name in a sentence, such as "988 (Suicide and Crisis Lifeline)"."""
        if not self.crisis:
            return "a crisis line in your country"
        return f"{self.crisis} ({self.crisis_name})" if self.crisis_name else self.crisis


@dataclass(frozen=True)
class Studio:
    """Every value of studio.yml, checked. Empty text, None and empty tuples mean "not filled in"."""

    name: str
    country: str
    numbers: EmergencyNumbers
    phone: str = ""
    email: str = ""
    address: str = ""
    booking_link: str = ""
    notify_email: str = ""
    time_zone: str = ""
    hours: Mapping[str, DayHours] = field(default_factory=dict)
    closed_days: tuple[date, ...] = ()
    services: tuple[Service, ...] = ()
    greeting: str = ""
    consent: str = ""
    privacy_link: str = ""
    canned_replies: tuple[CannedReply, ...] = ()

    @property
    def zone(self) -> tzinfo:
        """The studio's time zone, UTC when it named none."""
        return ZoneInfo(self.time_zone) if self.time_zone else UTC

    def facts(self) -> dict[str, str]:
        """Placeholders for reply texts. All keys are always there.

        `phone`, `email`, `address`, `booking_link` and `crisis_number` are empty text when unknown, so texts use
        the sentences `contact_sentence`, `hours`, `location`, `prices` and `services`, which are honest in any case.
        """
        return {
            "studio_name": self.name,
            "phone": self.phone,
            "email": self.email,
            "address": self.address,
            "booking_link": self.booking_link,
            "emergency_number": self.numbers.emergency,
            "crisis_number": self.numbers.crisis,
            "crisis_line": self.numbers.crisis_line(),
            "contact_sentence": self.contact_sentence(),
            "contact_sentence_when_down": self.contact_sentence(can_take_message=False),
            "hours": self.hours_sentence(),
            "location": self.location_sentence(),
            "prices": self.prices_sentence(),
            "services": self.services_sentence(),
        }

    def contact_sentence(self, *, can_take_message: bool = True) -> str:
        """How to reach the studio. `can_take_message` False: for when the assistant cannot store anything now."""
        ways = [f"by phone at {self.phone}"] if self.phone else []
        ways += [f"by e-mail at {self.email}"] if self.email else []
        ways += [f"on the booking page {self.booking_link}"] if self.booking_link else []
        if ways:
            return f"You can reach {self.name} {joined(ways, 'or')}."
        if can_take_message:
            return "I don't have the studio's phone number or e-mail here, but I can pass a message to the team."
        return "I don't have the studio's phone number or e-mail here, so please use the contact you have for it."

    def hours_sentence(self, today: date | None = None) -> str:
        """Opening hours by weekday, and the next closed days from `today` (default: now at the studio)."""
        listed, rest = fitting(_hours_by_days(self.hours))
        today = today or datetime.now(self.zone).date()
        closed = [_spoken(day) for day in self.closed_days if day >= today][:3]
        unknown = rest or len(self.hours) < len(WEEKDAYS)
        said = [f"Opening hours: {'; '.join(listed)}."] if listed else ["I don't have the opening hours here."]
        said += [f"Closed on {joined(closed, 'and')}."] if closed else []
        said += ["The team can tell you the other days." if listed else "The team can tell you."] if unknown else []
        return " ".join(said)

    def location_sentence(self) -> str:
        """Where the studio is."""
        if self.address:
            return f"{self.name} is at {self.address.rstrip('.')}."
        return "I don't have the studio's address here; the team can tell you where to find it."

    def prices_sentence(self) -> str:
        """What the services cost, in the owner's words."""
        priced = [f"{service}: {service.price}" for service in self.services if service.price]
        if not priced:
            return "I don't have the studio's prices here; the team can tell you."
        listed, rest = fitting(priced)
        more = rest or len(priced) < len(self.services)
        return f"{'; '.join(listed)}." + (" The team can tell you about the others." if more else "")

    def services_sentence(self) -> str:
        """What the studio offers."""
        if not self.services:
            return "I don't have a list of the studio's services here; the team can tell you what they offer."
        listed, rest = fitting([str(service) for service in self.services])
        offer = f"{self.name} offers {joined(listed, 'and')}."
        return offer + (" The team can tell you about the others." if rest else "")


def joined(parts: list[str], last: str) -> str:
    """`parts` as a list in a sentence, with `last` ("and", "or") before the final one."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def fitting(parts: Iterable[str]) -> tuple[list[str], bool]:
    """The first of `parts` that fit into LIST_WORDS words, and whether some were left out."""
    kept: list[str] = []
    words = 0
    for part in parts:
        words += len(part.split()) + 1
        if words > LIST_WORDS:
            return kept, True
        kept.append(part)
    return kept, False


def _hours_by_days(hours: Mapping[str, DayHours]) -> list[str]:
    """Such as ["Monday to Thursday 09:00-17:00", "Friday closed"]: neighbours with the same hours share a part."""
    groups: list[list[str]] = []
    for day in WEEKDAYS:
        if day not in hours:
            groups.append([])
        elif groups and groups[-1] and hours[groups[-1][-1]] == hours[day]:
            groups[-1].append(day)
        else:
            groups.append([day])
    return [f"{_days(group)} {hours[group[0]].text}" for group in groups if group]


def _days(group: list[str]) -> str:
    first, last = group[0].capitalize(), group[-1].capitalize()
    if len(group) == 1:
        return first
    return f"{first} {'to' if len(group) > 2 else 'and'} {last}"


def _spoken(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
