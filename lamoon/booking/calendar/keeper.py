"""Synchronisation of the database and the studio's calendar: a thread of the worker, the only one that connects to it.

Each round releases expired holds, writes changes to the calendar, copies the calendar into the database, and makes the
offers of the wait list. Failures are retried later; meanwhile the copy ages, and the form offers no times.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Stop
from threading import Thread
from typing import Final

from sqlalchemy.engine import Connection

from lamoon.booking.appointment import Appointment
from lamoon.booking.calendar import copy
from lamoon.booking.calendar.adapter import Calendar, CalendarError, Event, calendar_of, missing_setting
from lamoon.booking.calendar.holds import Hold
from lamoon.booking.calendar.offers import Offers
from lamoon.booking.calendar.waiting import Tell, WaitList, WaitOffer
from lamoon.booking.changes import offer
from lamoon.booking.notices import NoticeSettings
from lamoon.errors import StoreError
from lamoon.phrasebook import say
from lamoon.retry import backoff
from lamoon.settings import Settings
from lamoon.storage.database import Database
from lamoon.storage.time import now
from lamoon.studio import Studio

log = logging.getLogger("lamoon.booking.calendar")

TICK: Final = 2.0
"""Seconds between two checks for changes."""
REFRESH: Final = 60.0
"""Seconds between two copies of the calendar."""
LONGEST_PAUSE: Final = 300.0
AHEAD: Final = timedelta(days=2)
"""How far beyond the offered days the calendar is read."""


class Keeper:
    """Synchronise one calendar. `clock` returns the time in UTC, `running` the seconds of a monotonic clock.

    Args:
        calendar: the studio's.
        studio: its rules.
        database: with the copy, the holds and the wait list.
        tell: queues an offer of the wait list; None makes no offers.
        clock: the time.
        running: seconds.
    """

    def __init__(
        self,
        calendar: Calendar,
        studio: Studio,
        database: Database,
        tell: Tell | None = None,
        clock: Callable[[], datetime] = now,
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calendar = calendar
        self._studio = studio
        self._database = database
        self._tell = tell
        self._clock = clock
        self._running = running
        self._offers = Offers(studio, database, clock)
        self._waits = WaitList(studio, database, self._offers)
        self._due = 0.0
        self._failures = 0

    def run(self, stop: Stop) -> None:
        """Run until `stop` is set. Survives an outage of the calendar and of the database."""
        while not stop.is_set():
            try:
                self.round()
            except StoreError as error:
                log.error("%s. Trying again.", error)
            except Exception as error:  # a bug of ours: logged by type, because its text may quote a visitor
                log.error("The calendar is tried again after an unexpected %s", type(error).__name__)
            stop.wait(TICK)

    def round(self) -> None:
        """Run one round. Raises StoreError; an unreachable calendar is logged once and skipped for a while."""
        self._offers.holds.release_expired()
        if self._failures and self._running() < self._due:
            return
        try:
            if self._running() >= self._due:
                self._copy()
                self._due = self._running() + REFRESH
            self._mirror()
        except CalendarError as error:
            self._failed(error)
            return
        if self._failures:
            log.info("The calendar answers again.")
        self._failures = 0
        if self._tell:
            self._waits.offer_next(self._tell)

    def _failed(self, error: CalendarError) -> None:
        self._failures += 1
        self._due = self._running() + backoff(self._failures, TICK * 2, LONGEST_PAUSE)
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        log.log(level, "%s. Until it answers, visitors are offered no times.", error)

    def _copy(self) -> None:
        read_at = self._clock()
        until = read_at + timedelta(days=self._studio.calendar.days_ahead) + AHEAD
        busy = self._calendar.busy(read_at, until)
        copy.store(self._database, copy.Copy(read_at, until, tuple(busy)))

    def _mirror(self) -> None:
        holds = self._offers.holds
        for hold in holds.to_mirror():
            if hold.state == "released":
                self._calendar.remove(hold.uid)
            elif not hold.mirrored and self._clashes(hold):
                holds.drop(hold)
                log.warning("A time was taken in the calendar while it was offered; its hold is released.")
                continue
            else:
                self._show(hold)
            holds.mark_mirrored(hold)

    def _show(self, hold: Hold) -> None:
        """Add a hold to the calendar, or confirm it there; one that staff have removed is added again."""
        tentative = Event(hold.uid, hold.span, _summary(hold), sequence=0 if hold.state == "held" else 1)
        if hold.state != "confirmed":
            self._calendar.add_tentative(tentative)
        elif not self._calendar.confirm(hold.uid):
            self._calendar.add_tentative(tentative)
            self._calendar.confirm(hold.uid)

    def _clashes(self, hold: Hold) -> bool:
        """Return whether the calendar has a conflicting event by now."""
        busy = self._calendar.busy(hold.span.start, hold.span.end)
        return any(entry.uid != hold.uid and entry.span.overlaps(hold.span) for entry in busy)


def _summary(hold: Hold) -> str:
    return say("calendar_event", reference=hold.reference) if hold.reference else say("calendar_event_held")


def offer_time(notice_settings: NoticeSettings, connection: Connection, offered: WaitOffer) -> None:
    """Queue the offer's notices to the client, in the transaction that makes the offer."""
    minutes = int((offered.span.end - offered.span.start).total_seconds()) // 60
    offer(connection, notice_settings, offered.reference, Appointment(offered.span.start, minutes))


def start(
    settings: Settings, studio: Studio, database: Database, stop: Stop, tell: Tell | None = None
) -> Thread | None:
    """Start the keeper in a thread that ends with `stop`; None, with a warning, if a setting is missing."""
    calendar = calendar_of(settings, studio)
    if calendar is None:
        if missing := missing_setting(settings, studio):
            log.warning("The calendar is not read: %s is not set. See docs/calendars.md.", missing)
        return None
    thread = Thread(target=Keeper(calendar, studio, database, tell).run, args=(stop,), name="calendar", daemon=True)
    thread.start()
    log.info("The calendar is kept (%s).", studio.calendar.source)
    return thread
