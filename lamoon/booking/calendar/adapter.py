"""The interface of a calendar. Each adapter is a module: `dav` reads and writes, `feed` only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Protocol

from lamoon.booking.calendar.times import Span
from lamoon.errors import LamoonError
from lamoon.settings import Settings
from lamoon.studio import Studio

UID_PREFIX: Final = "lamoon-hold-"
"""Prefix of the UIDs of our own events."""
SECONDS: Final = 8.0
"""Timeout of one response of the calendar."""


class CalendarError(LamoonError):
    """The calendar is unreachable, refuses a request, or sends invalid data. The text contains no address and no
    event's words.
    """


@dataclass(frozen=True)
class Busy:
    """A busy span. `uid` is set for our own events."""

    span: Span
    uid: str = ""


@dataclass(frozen=True)
class Event:
    """An event that we add to the calendar: no name, no contact, nothing about health. `sequence` counts its
    changes.
    """

    uid: str
    span: Span
    summary: str
    sequence: int = 0


class Calendar(Protocol):
    """A calendar. Methods block, for some seconds at most, and raise CalendarError."""

    writes: bool
    """Whether it accepts events. If not, the last three methods do nothing."""

    def busy(self, start: datetime, end: datetime) -> Sequence[Busy]:
        """Return the busy spans between two moments: recurring events expanded, all-day events in the studio's time
        zone.
        """

    def add_tentative(self, event: Event) -> None:
        """Put a tentative event into the calendar, replacing one with the same UID."""

    def confirm(self, uid: str) -> bool:
        """Make a tentative event a confirmed one; False if it is gone."""

    def remove(self, uid: str) -> None:
        """Remove an event, if it exists."""


def calendar_of(settings: Settings, studio: Studio) -> Calendar | None:
    """Return the studio's calendar; None if none is configured, or its address is not set. Does not connect."""
    zone: tzinfo = studio.zone
    if studio.calendar.source == "caldav" and settings.caldav_url:
        from lamoon.booking.calendar.dav import DavCalendar

        return DavCalendar(settings.caldav_url, settings.caldav_user, settings.caldav_password.reveal(), zone)
    if studio.calendar.source == "feed" and settings.calendar_feed:
        from lamoon.booking.calendar.feed import FeedCalendar

        return FeedCalendar(settings.calendar_feed.reveal(), zone)
    return None


def missing_setting(settings: Settings, studio: Studio) -> str:
    """Return the missing setting that the calendar of studio.yml requires; empty if nothing is missing."""
    if studio.calendar.source == "caldav" and not settings.caldav_url:
        return "LAMOON_CALDAV_URL"
    if studio.calendar.source == "feed" and not settings.calendar_feed:
        return "LAMOON_CALENDAR_FEED"
    return ""
