"""The wait list: a time that becomes free is offered for 15 minutes to the longest-waiting request, then to the next.

The caller decides how an offer is sent: `offer_next` takes a function that queues it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from lamoon.booking.calendar.fitting import fits
from lamoon.booking.calendar.holds import Hold, keep
from lamoon.booking.calendar.offers import Offers
from lamoon.booking.calendar.times import Span
from lamoon.booking.life import FINAL
from lamoon.storage.database import Database
from lamoon.storage.tables import requests, waits
from lamoon.studio import Studio

State = Literal["waiting", "offered", "over"]
MOST_OFFERS: Final = 3
"""Maximum offers to one request; after that it gets no more."""
MOST_ROWS: Final = 200
SETTLED: Final = ("held", "confirmed", *FINAL)
"""States of requests that get no offers: a held one is reviewed by a person first."""


@dataclass(frozen=True)
class WaitOffer:
    """A free time offered to a request on the list. It is held until `expires_at` (UTC)."""

    reference: str
    span: Span
    expires_at: datetime


Tell = Callable[[Connection, WaitOffer], None]
"""Queues the offer's message in the transaction of the offer: both or neither."""


@dataclass(frozen=True)
class Wait:
    """A request on the list. `offered` are the times offered so far, as ISO starts in UTC."""

    reference: str
    whens: tuple[Mapping[str, Any], ...]
    minutes: int
    state: State
    offered: tuple[str, ...]

    @property
    def owner(self) -> str:
        """Return the owner of an offer's hold."""
        return f"wait:{self.reference}"


def join(connection: Connection, reference: str, whens: Sequence[Mapping[str, Any]], minutes: int) -> None:
    """Add a request to the list; a request already on it keeps its place."""
    if connection.execute(select(waits.c.id).where(waits.c.reference == reference)).first() is None:
        values = {"reference": reference, "whens": list(whens), "minutes": minutes, "state": "waiting", "offered": []}
        connection.execute(insert(waits).values(values))


class WaitList:
    """The list of one studio. Methods raise StoreError when the database fails."""

    def __init__(self, studio: Studio, database: Database, offers: Offers) -> None:
        self._studio = studio
        self._database = database
        self._offers = offers

    def offer_next(self, tell: Tell) -> int:
        """Make all offers that are possible now, first come, first served; return their number.

        An offer not accepted within 15 minutes expires: its request keeps waiting, and the time goes to the next.
        """
        self._offers.holds.release_expired()
        self._pass_on()
        return sum(self._offer(wait, tell) for wait in self._waiting())

    def accept(self, reference: str) -> Hold | None:
        """Accept the offered time for the request, which keeps it until the team decides; None if the offer has
        expired.
        """
        with self._database.writing("take an offered time") as connection:
            wait = _one(connection, reference)
            if wait is None or not keep(connection, wait.owner, reference):
                return None
            _set(connection, reference, state="over")
        return self._offers.holds.for_request(reference)

    def decline(self, reference: str) -> bool:
        """Decline the offered time: it goes to the next, and the request keeps waiting. False if none is offered."""
        with self._database.reading("read the wait list") as connection:
            wait = _one(connection, reference)
        if wait is None or wait.state != "offered":
            return False
        self._offers.holds.release(wait.owner)
        self._pass_on()
        return True

    def _offer(self, wait: Wait, tell: Tell) -> bool:
        zone = self._studio.zone
        for span in self._offers.free(wait.minutes, wait.owner) or ():
            new = span.start.isoformat() not in wait.offered
            if not (new and fits(wait.whens, span.start.astimezone(zone), span.end.astimezone(zone))):
                continue
            hold = self._offers.holds.take(wait.owner, span)
            if hold is None or hold.expires_at is None:
                continue
            with self._database.writing("offer a time") as connection:
                _set(connection, wait.reference, state="offered", offered=[*wait.offered, span.start.isoformat()])
                tell(connection, WaitOffer(wait.reference, span, hold.expires_at))
            return True
        return False

    def _pass_on(self) -> None:
        """Put requests with an expired offer back on the list."""
        with self._database.reading("read the wait list") as connection:
            offered = [_wait(row) for row in connection.execute(select(waits).where(waits.c.state == "offered"))]
        for wait in offered:
            if self._offers.holds.of(wait.owner) is None:
                state = "over" if len(wait.offered) >= MOST_OFFERS else "waiting"
                with self._database.writing("pass an offer on") as connection:
                    _set(connection, wait.reference, state=state)

    def _waiting(self) -> list[Wait]:
        """Return the waiting requests in order: neither settled nor held for review."""
        query = (
            select(waits)
            .join(requests, requests.c.reference == waits.c.reference)
            .where(waits.c.state == "waiting", requests.c.state.not_in(SETTLED))
            .order_by(waits.c.id)
            .limit(MOST_ROWS)
        )
        with self._database.reading("read the wait list") as connection:
            return [_wait(row) for row in connection.execute(query)]


def _one(connection: Connection, reference: str) -> Wait | None:
    row = connection.execute(select(waits).where(waits.c.reference == reference)).first()
    return _wait(row) if row else None


def _set(connection: Connection, reference: str, **values: object) -> None:
    connection.execute(update(waits).where(waits.c.reference == reference).values(values))


def _wait(row: Any) -> Wait:
    return Wait(row.reference, tuple(row.whens), row.minutes, row.state, tuple(row.offered))
