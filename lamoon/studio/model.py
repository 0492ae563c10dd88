"""The studio as the assistant knows it, in the sentences of `data/responses/notices.yml`.

Only values from studio.yml are stated. An empty value leads to an honest "I don't have ... here". Every sentence stays
under 60 words, whatever the owner filled in: the rest is left to the team.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from lamoon.phrasebook import say

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LIST_WORDS = 36
"""How many words a list of services, prices or hours may take, so that the whole answer stays under 60."""


@dataclass(frozen=True)
class DayHours:
    """One weekday: `text` as the owner wrote it, `spans` of (opens, closes) in order; closed all day when empty."""

    text: str
    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Service:
    """A service of the studio. `minutes` is None and `price` empty when the owner left them out."""

    name: str
    minutes: int | None = None
    price: str = ""

    def __str__(self) -> str:
        return say("service_minutes", name=self.name, minutes=self.minutes) if self.minutes else self.name


@dataclass(frozen=True)
class CannedReply:
    """A reply that the team often needs: a short title for staff, and the text for visitors."""

    title: str
    text: str


Source = Literal["", "caldav", "feed", "page"]
"""Where free times come from: a CalDAV calendar, a read-only iCalendar address, the studio's own booking page, nowhere."""
SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True)
class CalendarRules:
    """How free times are found.

    Attributes:
        source: where from; empty means that visitors only say what they wish.
        buffer_minutes: kept free between two appointments.
        notice_hours: between now and the first time that is offered.
        days_ahead: how far ahead times are offered.
        step_minutes: between the times that an appointment may start.
        session_minutes: of an appointment whose service has no minutes.
    """

    source: Source = ""
    buffer_minutes: int = 15
    notice_hours: int = 24
    days_ahead: int = 28
    step_minutes: int = 30
    session_minutes: int = 60

    @property
    def is_read(self) -> bool:
        """Whether there is a calendar to be read."""
        return self.source in ("caldav", "feed")


@dataclass(frozen=True)
class EmergencyNumbers:
    """Emergency numbers of one country. What the owner left out is empty.

    Attributes:
        emergency: police and ambulance.
        crisis, crisis_name: a line for people in despair, and what it is called.
        crisis_text, crisis_chat: the number that takes text messages, and the web page with a chat.
        violence, violence_name: a helpline on violence at home, and what it is called.
    """

    emergency: str
    crisis: str = ""
    crisis_name: str = ""
    crisis_text: str = ""
    crisis_chat: str = ""
    violence: str = ""
    violence_name: str = ""

    def crisis_line(self) -> str:
        """The crisis line for a sentence, such as "988 (Suicide and Crisis Lifeline)"."""
        return _line(self.crisis, self.crisis_name) or say("crisis_line_unknown")

    def crisis_ways(self) -> str:
        """All ways to the crisis line, for a sentence: "call 988 (Lifeline) or text 988"."""
        ways = [say("crisis_call", line=self.crisis_line())]
        ways += [say("crisis_text", number=self.crisis_text)] if self.crisis_text else []
        ways += [say("crisis_chat", page=self.crisis_chat)] if self.crisis_chat else []
        return joined(ways, "or")

    def violence_line(self) -> str:
        """The helpline on violence at home, for a sentence."""
        return _line(self.violence, self.violence_name) or say("violence_line_unknown")


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
    answer_time: str = ""
    reminder_hours: int | None = None
    calendar: CalendarRules = CalendarRules()
    staff_names: bool = True

    @property
    def zone(self) -> tzinfo:
        """The studio's time zone, UTC when none is set."""
        return ZoneInfo(self.time_zone) if self.time_zone else UTC

    def facts(self) -> dict[str, str]:
        """Placeholders for reply texts. All keys are always present.

        `phone`, `email`, `address`, `booking_link` and `crisis_number` are empty when unknown, so texts use the
        sentences `contact_sentence`, `hours`, `location`, `prices` and `services`, which are true in any case.
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
            "crisis_ways": self.numbers.crisis_ways(),
            "violence_line": self.numbers.violence_line(),
            "team_answers": self.team_answers_sentence(),
            "contact_sentence": self.contact_sentence(),
            "contact_sentence_when_down": self.contact_sentence(can_take_message=False),
            "hours": self.hours_sentence(),
            "location": self.location_sentence(),
            "prices": self.prices_sentence(),
            "services": self.services_sentence(),
        }

    def contact_sentence(self, *, can_take_message: bool = True) -> str:
        """How to reach the studio. `can_take_message` False: the assistant cannot store anything now."""
        ways = [say("reach_by_phone", phone=self.phone)] if self.phone else []
        ways += [say("reach_by_email", email=self.email)] if self.email else []
        ways += [say("reach_by_page", page=self.booking_link)] if self.booking_link else []
        if ways:
            return say("reach", studio=self.name, ways=joined(ways, "or"))
        return say("reach_unknown" if can_take_message else "reach_unknown_when_down")

    def hours_sentence(self, today: date | None = None) -> str:
        """Opening hours by weekday, and the next closed days from `today` (default: now at the studio)."""
        listed, rest = fitting(_hours_by_days(self.hours))
        today = today or datetime.now(self.zone).date()
        closed = [spoken(day) for day in self.closed_days if day >= today][:3]
        unknown = rest or len(self.hours) < len(WEEKDAYS)
        said = [say("hours", hours="; ".join(listed)) if listed else say("hours_unknown")]
        said += [say("hours_closed_on", days=joined(closed, "and"))] if closed else []
        said += [say("hours_other_days" if listed else "hours_ask_team")] if unknown else []
        return " ".join(said)

    def team_answers_sentence(self) -> str:
        """When a person answers, for visitors who may wait for it: the owner's own time, and the opening hours."""
        listed, _ = fitting(_hours_by_days(self.hours))
        said = [say("team_answers_within", time=self.answer_time)] if self.answer_time else []
        said += [say("team_answers", hours="; ".join(listed))] if listed else []
        return " ".join(said) or say("team_answers_unknown")

    def location_sentence(self) -> str:
        """Where the studio is."""
        if self.address:
            return say("location", studio=self.name, address=self.address.rstrip("."))
        return say("location_unknown")

    def prices_sentence(self) -> str:
        """What the services cost, in the owner's words."""
        priced = [f"{service}: {service.price}" for service in self.services if service.price]
        if not priced:
            return say("prices_unknown")
        listed, rest = fitting(priced)
        more = rest or len(priced) < len(self.services)
        said = say("prices", prices="; ".join(listed))
        return f"{said} {say('others_ask_team')}" if more else said

    def services_sentence(self) -> str:
        """What the studio offers."""
        if not self.services:
            return say("services_unknown")
        listed, rest = fitting([str(service) for service in self.services])
        said = say("services", studio=self.name, services=joined(listed, "and"))
        return f"{said} {say('others_ask_team')}" if rest else said


def _line(number: str, name: str) -> str:
    """A number with its name behind; "" without a number."""
    return say("crisis_line_named", number=number, name=name) if number and name else number


def joined(parts: list[str], last: str) -> str:
    """`parts` as a list in a sentence; `last` is the notice ("and", "or") that joins the final one."""
    return parts[0] if len(parts) == 1 else say(last, first=", ".join(parts[:-1]), last=parts[-1])


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
    """Such as ["Monday to Thursday 09:00-17:00", "Friday closed"]: consecutive days with the same hours are merged."""
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
    first, last = weekday(WEEKDAYS.index(group[0])), weekday(WEEKDAYS.index(group[-1]))
    if len(group) == 1:
        return first
    return say("days_range" if len(group) > 2 else "days_pair", first=first, last=last)


def weekday(number: int) -> str:
    """The name of a day of the week; 0 is Monday."""
    return say("weekdays").split(", ")[number]


def month(number: int) -> str:
    """The name of a month; 1 is January."""
    return say("months").split(", ")[number - 1]


def spoken(day: date) -> str:
    """Such as "November 30, 2026"."""
    return say("date", month=month(day.month), day=day.day, year=day.year)
