"""What a calendar can do, whichever it is. An adapter a file: `dav` reads and writes, `feed` only reads."""

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
"""What the UIDs of our own events begin with."""
SECONDS: Final = 8.0
"""How long a calendar may take for one answer."""


class CalendarError(LamoonError):
    """The calendar is away, refuses, or sends what cannot be read. The text holds no address and no event's words."""


@dataclass(frozen=True)
class Busy:
    """A busy span. `uid` is set for an event of ours."""

    span: Span
    uid: str = ""


@dataclass(frozen=True)
class Event:
    """An event that we put into the calendar: no name, no contact, nothing about health. `sequence` counts its changes."""

    uid: str
    span: Span
    summary: str
    sequence: int = 0


class Calendar(Protocol):
    """A calendar. Methods block, for some seconds at most, and raise CalendarError."""

    writes: bool
    """Whether it takes events. The last three methods do nothing where it does not."""

    def busy(self, start: datetime, end: datetime) -> Sequence[Busy]:
        """What is taken between two moments: recurring events spelt out, all-day events in the studio's time zone."""

    def add_tentative(self, event: Event) -> None:
        """Puts a tentative event into the calendar; replaces one with the same UID."""

    def confirm(self, uid: str) -> bool:
        """Makes a tentative event a confirmed one; False where it is gone."""

    def remove(self, uid: str) -> None:
        """Takes an event out; nothing happens where it is gone."""


def calendar_of(settings: Settings, studio: Studio) -> Calendar | None:
    """The studio's calendar; None where none is read, or its address is not set. Does not connect."""
    zone: tzinfo = studio.zone
    if studio.calendar.source == "caldav" and settings.caldav_url:
        from lamoon.booking.calendar.dav import DavCalendar

        return DavCalendar(settings.caldav_url, settings.caldav_user, settings.caldav_password.reveal(), zone)
    if studio.calendar.source == "feed" and settings.calendar_feed:
        from lamoon.booking.calendar.feed import FeedCalendar

        return FeedCalendar(settings.calendar_feed.reveal(), zone)
    return None


def missing_setting(settings: Settings, studio: Studio) -> str:
    """The setting without which the calendar of studio.yml cannot be read; empty when nothing is missing."""
    if studio.calendar.source == "caldav" and not settings.caldav_url:
        return "LAMOON_CALDAV_URL"
    if studio.calendar.source == "feed" and not settings.calendar_feed:
        return "LAMOON_CALENDAR_FEED"
    return ""
