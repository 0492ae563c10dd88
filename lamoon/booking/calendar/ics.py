"""iCalendar text: the busy spans of a calendar, and our own events.

icalendar parses it and recurring_ical_events expands recurring events. Text from outside is untrusted: invalid text, or
a recurrence that takes too long to expand, is a CalendarError.
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
"""Maximum events in a text, and maximum occurrences of them in the period read."""
TOO_OFTEN: Final = frozenset(("SECONDLY", "MINUTELY"))
"""Frequencies that no appointment has, and that would take hours to expand."""
TIMES: Final = frozenset("DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID".split())
"""Properties that define the time of an event. The parser drops invalid ones, and the event would look shorter or
rarer.
"""
OLDEST: Final = date(1970, 1, 1)
"""Earliest start of a recurring event: every occurrence since then is counted."""


def busy_in(text: str, start: datetime, end: datetime, zone: tzinfo) -> list[Busy]:
    """Return the busy spans of a calendar between two moments. Cancelled and transparent events (TRANSP:TRANSPARENT)
    are left out. All-day events and floating times are in `zone`.

    Raises:
        CalendarError: when the text is not a calendar, or has too many events.
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
    """Parse a calendar. Raises CalendarError for events that would take too long."""
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
    """Return the end of an event; without DTEND and DURATION, an all-day event lasts its day and any other has no
    length.
    """
    if "DTEND" in event:
        ends: date = event["DTEND"].dt
        return ends
    if "DURATION" in event:
        return begins + event["DURATION"].dt  # type: ignore[no-any-return]
    return begins if isinstance(begins, datetime) else begins + timedelta(days=1)


def _moment(value: date, zone: tzinfo) -> datetime:
    """Return a date as midnight, a floating time as local time in `zone`; both in UTC."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def text_of(event: Event, status: str, made_at: datetime) -> str:
    """Return one of our events as a calendar. Times are in UTC, which every calendar shows in its own zone.

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
    """Return the calendar of an event with the event confirmed and its sequence increased; everything else stays,
    including additions by staff.

    Raises:
        CalendarError: when it cannot be parsed.
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
