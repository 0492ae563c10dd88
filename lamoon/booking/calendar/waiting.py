"""The wait list: when a time becomes free, whoever has waited longest gets an offer of 15 minutes, then the next.

How an offer goes out is not decided here: `offer_next` is given a function that puts it into the same transaction.
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
"""Offers to one request; who let so many pass is not asked again."""
MOST_ROWS: Final = 200
SETTLED: Final = ("held", "confirmed", *FINAL)
"""States of requests that wait for no time: a held one is looked at by a person first."""


@dataclass(frozen=True)
class WaitOffer:
    """A time that became free, for a request on the list. It is held until `expires_at` (UTC)."""

    reference: str
    span: Span
    expires_at: datetime


Tell = Callable[[Connection, WaitOffer], None]
"""Queues the offer's message in the transaction that makes the offer: both or neither."""


@dataclass(frozen=True)
class Wait:
    """A request on the list. `offered` are the times it was offered, as ISO starts in UTC."""

    reference: str
    whens: tuple[Mapping[str, Any], ...]
    minutes: int
    state: State
    offered: tuple[str, ...]

    @property
    def owner(self) -> str:
        """Whose the hold of an offer is."""
        return f"wait:{self.reference}"


def join(connection: Connection, reference: str, whens: Sequence[Mapping[str, Any]], minutes: int) -> None:
    """Puts a request on the list; one that is on it stays where it is."""
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
        """Makes the offers that are possible now, first come first; returns how many.

        An offer that was not taken in its 15 minutes has passed: that request waits on, and the time goes to the next.
        """
        self._offers.holds.release_expired()
        self._pass_on()
        return sum(self._offer(wait, tell) for wait in self._waiting())

    def accept(self, reference: str) -> Hold | None:
        """Takes the offered time for the request, which has it until the team decides; None where its time is up."""
        with self._database.writing("take an offered time") as connection:
            wait = _one(connection, reference)
            if wait is None or not keep(connection, wait.owner, reference):
                return None
            _set(connection, reference, state="over")
        return self._offers.holds.for_request(reference)

    def decline(self, reference: str) -> bool:
        """Gives the offered time up: it goes to the next, and the request waits on. False where none is offered."""
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
        """Lets those wait on whose offer is over."""
        with self._database.reading("read the wait list") as connection:
            offered = [_wait(row) for row in connection.execute(select(waits).where(waits.c.state == "offered"))]
        for wait in offered:
            if self._offers.holds.of(wait.owner) is None:
                state = "over" if len(wait.offered) >= MOST_OFFERS else "waiting"
                with self._database.writing("pass an offer on") as connection:
                    _set(connection, wait.reference, state=state)

    def _waiting(self) -> list[Wait]:
        """Who waits, in order: requests that are not settled, and on hold for nobody to review."""
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
