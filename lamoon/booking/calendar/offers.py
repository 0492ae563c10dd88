"""Offered times: free according to the copy of the calendar, not held by others, and fitting the wish."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lamoon.booking.calendar import copy
from lamoon.booking.calendar.fitting import OFFERED, best, nearest
from lamoon.booking.calendar.holds import Holds
from lamoon.booking.calendar.times import Span, free_times
from lamoon.storage.database import Database
from lamoon.storage.time import now
from lamoon.studio import Studio

NEAREST: Final = 2
"""Maximum times offered if none fits: the wait list is a choice too."""


@dataclass(frozen=True)
class Found:
    """Times to offer, and whether they fit the wish; empty if the next weeks are full."""

    times: tuple[Span, ...]
    fits: bool


class Offers:
    """The times of one studio. `clock` returns the time in UTC. Methods raise StoreError when the database fails."""

    def __init__(self, studio: Studio, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._studio = studio
        self._database = database
        self._clock = clock
        self.holds = Holds(database, timedelta(minutes=studio.calendar.buffer_minutes), clock)

    def find(
        self, whens: Sequence[Mapping[str, Any]], minutes: int, owner: str, shown: Collection[str] = ()
    ) -> Found | None:
        """Return times for a visitor; None if the calendar is unreachable and free times are unknown.

        Args:
            whens: the requested times; any time fits if there are none.
            minutes: of the appointment.
            owner: the visitor's conversation, whose own hold is ignored.
            shown: times already offered, as ISO starts in UTC; they are repeated only if nothing else is left.
        """
        free = self.free(minutes, owner)
        if free is None:
            return None
        fresh = [span for span in free if span.start.isoformat() not in shown]
        suiting = best(fresh, whens, self._studio.zone, OFFERED)
        if suiting:
            return Found(tuple(suiting), fits=True)
        return Found(tuple(nearest(fresh or free, whens, self._studio.zone, NEAREST)), fits=False)

    def free(self, minutes: int, owner: str = "") -> list[Span] | None:
        """Return all free times for an appointment of this length; None if the calendar is unreachable."""
        moment = self._clock()
        with self._database.reading("look for free times") as connection:
            found = copy.load(connection)
            held = self.holds.taken(connection)
        if found is None or not found.is_fresh(moment):
            return None
        taken = found.taken(held, owner)
        return [span for span in free_times(self._studio, minutes, taken, moment) if span.end <= found.until]
