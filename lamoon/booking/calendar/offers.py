"""The times that are offered to a visitor: free by the copy of the calendar, not held by others, fitting the wish."""

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
"""Times that are offered where none suits: the wait list is a choice too."""


@dataclass(frozen=True)
class Found:
    """Times to be offered, and whether they suit the wish; none at all where the next weeks are full."""

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
        """Times for a visitor; None where the calendar is away, so that nothing is known to be free.

        Args:
            whens: the wishes of when to come; any time suits where there are none.
            minutes: of the appointment.
            owner: the visitor's conversation, whose own hold is no obstacle.
            shown: times that were offered before, as ISO starts in UTC; they come again only where nothing else is left.
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
        """All free times for an appointment of so many minutes; None where the calendar is away."""
        moment = self._clock()
        with self._database.reading("look for free times") as connection:
            found = copy.load(connection)
            held = self.holds.taken(connection)
        if found is None or not found.is_fresh(moment):
            return None
        taken = found.taken(held, owner)
        return [span for span in free_times(self._studio, minutes, taken, moment) if span.end <= found.until]
