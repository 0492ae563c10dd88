"""Calendar files for mails: an appointment for the client, and a requested time for the studio (RFC 5545, 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, Literal

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from lamoon import __version__
from lamoon.booking.notices import Stage
from lamoon.booking.request import BookingRequest

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
USUAL_MINUTES: Final = 60
"""The default length of a requested time, so that it is visible in a calendar."""


@dataclass(frozen=True)
class CalendarFile:
    """A file to attach: its iTIP `method` and its content, in UTF-8 with CRLF."""

    method: Method
    content: bytes


@dataclass(frozen=True)
class Organizer:
    """The sender of calendar files: the studio's name, the reply address, the place, the time zone."""

    name: str
    email: str
    place: str
    zone: tzinfo

    def uid(self, reference: str) -> str:
        """Return the UID of a request's event, the same in all its files."""
        return f"{reference.lower()}@{self.email.rpartition('@')[2] or 'lamoon.invalid'}"


def client_file(request: BookingRequest, stage: Stage, organizer: Organizer, *, cancels: bool, stamp: datetime) -> CalendarFile:  # fmt: skip
    """Return the appointment for the client, or its cancellation.

    Args:
        request: the request; the file contains only its reference.
        stage: with an appointment, and the file's sequence number.
        organizer: the studio.
        cancels: whether the appointment is cancelled.
        stamp: time of creation, aware.
    """
    agreed = stage.appointment
    if agreed is None:
        raise ValueError("there is no appointment: expected a stage with one")
    method: Method = "CANCEL" if cancels else "REQUEST"
    event = _event(request, organizer, stage.sequence, stamp)
    event.add("summary", organizer.name)
    event.add("status", "CANCELLED" if cancels else "CONFIRMED")
    _add_time(event, agreed.starts_at, agreed.minutes, organizer.zone)
    if organizer.email:
        studio = vCalAddress(f"mailto:{organizer.email}")
        studio.params["CN"] = vText(organizer.name)
        event["organizer"] = studio
    if request.contact.email:
        client = vCalAddress(f"mailto:{request.contact.email}")
        client.params["PARTSTAT"] = vText("ACCEPTED")
        client.params["RSVP"] = vText("FALSE")
        event.add("attendee", client, encode=False)
    return CalendarFile(method, _calendar(method, event, agreed.starts_at))


def tentative_file(request: BookingRequest, organizer: Organizer, stamp: datetime) -> CalendarFile | None:
    """Return the requested time for the studio's calendar, marked tentative; None without a day, and for a request on
    hold.
    """
    wished = request.wished
    if wished is None or request.waits_for_review:
        return None
    event = _event(request, organizer, 0, stamp)
    event.add("summary", f"Request {request.reference}: {request.name}")
    event.add("status", "TENTATIVE")
    start: date = wished.day
    if wished.clock is None:
        event.add("transp", "TRANSPARENT")
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(days=1))
    else:
        moment = datetime.combine(wished.day, wished.clock, organizer.zone)
        _add_time(event, moment, wished.minutes or USUAL_MINUTES, organizer.zone)
    return CalendarFile("PUBLISH", _calendar("PUBLISH", event, start))


def _event(request: BookingRequest, organizer: Organizer, sequence: int, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", organizer.uid(request.reference))
    event.add("sequence", sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("description", f"Reference {request.reference}")
    if organizer.place:
        event.add("location", organizer.place)
    return event


def _add_time(event: Event, start: datetime, minutes: int, zone: tzinfo) -> None:
    """Add start and length in the studio's time zone. A local time that occurs twice is ambiguous: its second
    occurrence is written in UTC.
    """
    local = start.astimezone(UTC).astimezone(zone)
    event.add("dtstart", start.astimezone(UTC) if local.fold else local)
    event.add("duration", timedelta(minutes=minutes))


def _calendar(method: Method, event: Event, around: date) -> bytes:
    """Return a calendar with this event, and the rules of its time zone for the years around it."""
    calendar = Calendar()
    calendar.add("prodid", f"-//La Moon assistant//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=date(around.year - 1, 1, 1), last_date=date(around.year + 2, 1, 1))
    for zone in calendar.timezones:
        _correct_onsets(zone)
    return bytes(calendar.to_ical())


def _correct_onsets(zone: Timezone) -> None:
    """Write when the clocks go forward in the time before (RFC 5545, 3.6.5): icalendar writes it in the time after."""
    rules: list[Any] = list(zone.subcomponents)
    for rule in rules:
        forward = rule["tzoffsetto"].td - rule["tzoffsetfrom"].td
        if forward > timedelta(0):
            later = [moment.dt - forward for moment in rule.pop("rdate").dts] if "rdate" in rule else []
            rule.add("dtstart", rule.pop("dtstart").dt - forward)
            if later:
                rule.add("rdate", later)
