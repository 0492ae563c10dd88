"""iCalendar text: what it takes up of a span of time, and our own events.

icalendar reads it and recurring_ical_events spells recurring events out. Text from outside may be anything: what cannot be
read, or would take too long to spell out, is a CalendarError.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

import recurring_ical_events
from icalendar import Calendar as Ical
from icalendar import Event as IcalEvent

from lamoon.booking.calendar.adapter import UID_PREFIX, Busy, CalendarError, Event
from lamoon.booking.calendar.times import Span

PRODUCT: Final = "-//lamoon//booking//EN"
MOST_EVENTS: Final = 20_000
"""Events in one text, and occurrences of them in the span that is read."""
TOO_OFTEN: Final = frozenset(("SECONDLY", "MINUTELY"))
"""Frequencies that no appointment has, and that would take hours to spell out."""
TIMES: Final = frozenset("DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID".split())
"""What says when an event is. The parser leaves out what it cannot read, and the event would look shorter or rarer."""
OLDEST: Final = date(1970, 1, 1)
"""A recurring event does not begin before: every occurrence since would be counted."""


def busy_in(text: str, start: datetime, end: datetime, zone: tzinfo) -> list[Busy]:
    """What the events of a calendar take up between two moments.

    Events that are cancelled or do not block time (TRANSP:TRANSPARENT) are left out. All-day events take up whole days, and
    floating times are on the clock, of `zone`.

    Raises:
        CalendarError: when it is no calendar, or holds too much.
    """
    calendar = _parsed(text)
    found: list[Busy] = []
    try:
        for event in recurring_ical_events.of(calendar).between(start, end):
            taken = _busy(event, zone)
            if taken and taken.span.overlaps(Span(start, end)):
                found.append(taken)
            if len(found) > MOST_EVENTS:
                raise CalendarError("the calendar holds more events than are read")
    except CalendarError:
        raise
    except Exception as error:  # a text may break these libraries in any place
        raise CalendarError(f"the calendar's events cannot be read: {type(error).__name__}") from None
    return found


def _parsed(text: str) -> Ical:
    """The calendar of a text, without events that would take too long."""
    try:
        calendar: Ical = Ical.from_ical(text)
    except Exception as error:  # ValueError mostly; the text may break the parser in other ways too
        raise CalendarError(f"the calendar cannot be read: {type(error).__name__}") from None
    if calendar.name != "VCALENDAR":
        raise CalendarError("the text is no calendar")
    events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    if len(events) > MOST_EVENTS:
        raise CalendarError("the calendar holds more events than are read")
    if any(str(name).upper() in TIMES for event in events for name, _ in event.errors):
        raise CalendarError("the calendar has an event whose time cannot be read")
    too_often = [event for event in events if _is_too_often(event)]
    if too_often:
        raise CalendarError("the calendar has an event that recurs every minute, or since before 1970")
    return calendar


def _is_too_often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    frequencies = {
        str(name).upper()
        for rule in (rules if isinstance(rules, list) else [rules])
        for name in (rule.get("FREQ", []) if hasattr(rule, "get") else [])
    }
    if not frequencies:
        return False
    begins = getattr(event.get("DTSTART"), "dt", None)
    first = begins.date() if isinstance(begins, datetime) else begins
    old = isinstance(first, date) and first < OLDEST and not frequencies <= {"YEARLY"}
    return bool(frequencies & TOO_OFTEN) or old


def _busy(event: Any, zone: tzinfo) -> Busy | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    begins = event["DTSTART"].dt
    ends = _end(event, begins)
    span = Span(_moment(begins, zone), _moment(ends, zone))
    uid = str(event.get("UID", ""))
    return Busy(span, uid if uid.startswith(UID_PREFIX) else "") if span.start < span.end else None


def _end(event: Any, begins: date) -> date:
    """When it ends; without DTEND and DURATION, an all-day event takes its day and another no time."""
    if "DTEND" in event:
        ends: date = event["DTEND"].dt
        return ends
    if "DURATION" in event:
        return begins + event["DURATION"].dt  # type: ignore[no-any-return]
    return begins if isinstance(begins, datetime) else begins + timedelta(days=1)


def _moment(value: date, zone: tzinfo) -> datetime:
    """A date as its midnight, a floating time as one on the clock of `zone`; in UTC."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def text_of(event: Event, status: str, made_at: datetime) -> str:
    """An event of ours as a calendar of its own. Times are in UTC, which every calendar shows in its own zone.

    Args:
        event: the event.
        status: TENTATIVE or CONFIRMED.
        made_at: now.
    """
    calendar, entry = Ical(), IcalEvent()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    entry.add("uid", event.uid)
    entry.add("dtstamp", made_at.astimezone(UTC))
    entry.add("dtstart", event.span.start)
    entry.add("dtend", event.span.end)
    entry.add("summary", event.summary)
    entry.add("status", status)
    entry.add("sequence", event.sequence)
    entry.add("transp", "OPAQUE")
    calendar.add_component(entry)
    return str(calendar.to_ical().decode("utf-8"))


def confirmed(text: str, made_at: datetime) -> str:
    """The calendar of an event with the event confirmed, one change later; all else stays, also what staff have added.

    Raises:
        CalendarError: when it cannot be read.
    """
    calendar = _parsed(text)
    for entry in _events(calendar):
        entry["STATUS"] = "CONFIRMED"
        entry["SEQUENCE"] = int(entry.get("SEQUENCE", 0)) + 1
        entry.pop("DTSTAMP", None)
        entry.add("dtstamp", made_at.astimezone(UTC))
    return str(calendar.to_ical().decode("utf-8"))


def _events(calendar: Ical) -> Iterator[Any]:
    return (part for part in calendar.subcomponents if part.name == "VEVENT")
