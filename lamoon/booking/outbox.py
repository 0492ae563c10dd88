"""The queue of notices, and the worker that delivers them by their routes: at least once, or logged as failed."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from lamoon.booking.appointment import AppointmentError
from lamoon.booking.notices import ABOUTS, ROUTES, About, Route, Stage, fresh
from lamoon.booking.request import BookingRequest, one_of
from lamoon.booking.store import Status, request_of
from lamoon.errors import LamoonError, NotificationError, RequestError, StoreError
from lamoon.retry import backoff
from lamoon.storage.database import Database
from lamoon.storage.tables import outbox, requests
from lamoon.storage.time import now, to_naive_utc

log = logging.getLogger("lamoon.booking.outbox")

LEASE = timedelta(minutes=3)
"""Duration of a claim: longer than any delivery attempt, so that no other worker sends concurrently."""
LONGEST_WAIT = timedelta(hours=1)
"""Pause between two attempts."""


class DroppedError(LamoonError):
    """A notice must not be delivered any more. The text gives the reason, without quoting anybody."""


@dataclass(frozen=True)
class Notice:
    """A claimed notice: its `key` is the same in every attempt, `attempt` counts from 1, `claim` is this worker's.

    `about` is its subject, `words` are by a person, `stage` has the appointment at the time of queueing.
    """

    id: int
    key: str
    attempt: int
    claim: str
    request: BookingRequest
    route: Route = "studio_email"
    about: About = "request"
    words: str = field(default="", repr=False)
    stage: Stage = field(default_factory=Stage)


class Outbox:
    """The queue in a database, for some or all `routes`. `clock` returns the time in UTC.

    Methods raise StoreError when the database fails.
    """

    def __init__(
        self,
        database: Database,
        routes: Collection[Route] = ROUTES,
        *,
        lease: timedelta = LEASE,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._ours = outbox.c.route.in_(tuple(routes))
        self._lease = lease
        self._clock = clock

    def claim(self) -> Notice | None:
        """Claim the longest-waiting notice; None if none is due."""
        while (candidate := self._first_due()) is not None:
            notice = self._take(candidate)
            if notice is not None:
                return notice
        return None

    def mark_sent(self, notice: Notice) -> bool:
        """Mark the notice as delivered. False when the claim had expired, or the request was deleted."""
        return self._close(notice, status="sent", sent_at=to_naive_utc(self._clock()), last_problem="")

    def reschedule(self, notice: Notice, wait: timedelta, problem: str) -> bool:
        """Schedule another attempt after `wait`. `problem` must hold no visitor's words. Returns as `mark_sent` does."""
        return self._close(notice, due_at=to_naive_utc(self._clock() + wait), last_problem=problem)

    def drop(self, notice: Notice, why: str) -> bool:
        """Mark the notice as one that must not be delivered. Returns as `mark_sent` does."""
        return self._close(notice, status="dropped", last_problem=why)

    def mark_failed(self, notice: Notice, problem: str) -> bool:
        """Mark the notice as given up, kept for `requeue`. Returns as `mark_sent` does."""
        return self._close(notice, status="failed", last_problem=problem)

    def count(self, status: Status) -> int:
        """Return the number of notices with this status."""
        query = select(func.count()).select_from(outbox).where(outbox.c.status == status, self._ours)
        with self._database.reading("count notices") as connection:
            return int(connection.execute(query).scalar_one())

    def requeue(self, reference: str | None = None) -> int:
        """Queue failed notices (of one request, or all) again, due now. Returns their number."""
        change = update(outbox).where(outbox.c.status == "failed", self._ours)
        if reference is not None:
            wanted = select(requests.c.id).where(requests.c.reference == reference)
            change = change.where(outbox.c.request_id.in_(wanted))
        with self._database.writing("queue notices again") as connection:
            return int(connection.execute(change.values(self._again())).rowcount)

    def send_again(self, reference: str, notice_id: int) -> bool:
        """Queue one notice of a request that failed or was dropped, with the same key; False when there is none."""
        theirs = select(requests.c.id).where(requests.c.reference == reference).scalar_subquery()
        wanted = (outbox.c.id == notice_id) & (outbox.c.request_id == theirs)
        change = update(outbox).where(wanted, outbox.c.status.in_(("failed", "dropped")))
        with self._database.writing("queue a notice again") as connection:
            return bool(connection.execute(change.values(self._again())).rowcount)

    def _again(self) -> dict[str, object]:
        """Return the columns of a restarted notice; its key stays."""
        return {name: value for name, value in fresh(self._clock()).items() if name not in ("key", "last_problem")}

    def _first_due(self) -> int | None:
        query = select(outbox.c.id).where(self._due()).order_by(outbox.c.due_at, outbox.c.id).limit(1)
        with self._database.reading("look for notices") as connection:
            found: int | None = connection.execute(query).scalar()
            return found

    def _take(self, notice_id: int) -> Notice | None:
        """Claim this notice, unless another worker was faster."""
        claim = uuid.uuid4().hex
        mine = {"claim": claim, "due_at": to_naive_utc(self._clock() + self._lease), "attempts": outbox.c.attempts + 1}
        with self._database.writing("claim a notice") as connection:
            taken = connection.execute(update(outbox).where(outbox.c.id == notice_id, self._due()).values(mine))
            if not taken.rowcount:
                return None
            notice_row = connection.execute(select(outbox).where(outbox.c.id == notice_id)).one()
            row = connection.execute(select(requests).where(requests.c.id == notice_row.request_id)).one()
            try:
                return _notice(notice_row, request_of(row))
            except (RequestError, AppointmentError) as error:  # edited by hand: set aside, so that the others continue
                broken = {"status": "failed", "claim": "", "last_problem": str(error)}
                connection.execute(update(outbox).where(outbox.c.id == notice_id).values(broken))
                log.error("%s cannot be delivered: %s", row.reference, error)
                return None

    def _due(self) -> Any:
        """Return the condition for notices that are due, or scheduled so far ahead that the clock must have been
        wrong.
        """
        moment = self._clock()
        farthest = moment + 2 * max(LONGEST_WAIT, self._lease)
        come = or_(outbox.c.due_at <= to_naive_utc(moment), outbox.c.due_at > to_naive_utc(farthest))
        wanted = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= to_naive_utc(moment))
        return and_(outbox.c.status == "queued", self._ours, come, wanted)

    def _close(self, notice: Notice, **values: object) -> bool:
        """End this worker's claim with the given changes, unless it has expired."""
        mine = (outbox.c.id == notice.id) & (outbox.c.claim == notice.claim)
        with self._database.writing("note a delivery") as connection:
            return bool(connection.execute(update(outbox).where(mine).values(claim="", **values)).rowcount)


def _notice(row: Any, request: BookingRequest) -> Notice:
    route, about = one_of("route", row.route, ROUTES), one_of("about", row.about, ABOUTS)
    return Notice(row.id, row.key, row.attempts, row.claim, request, route, about, row.words, Stage.of_row(row))


Deliver = Callable[[Notice], None]
"""Delivers one notice. Raises NotificationError on failure, DroppedError when it must not be delivered any more."""
SLOWEST_POLL = 60.0


@dataclass(frozen=True)
class Retries:
    """Wait between attempts, in seconds: `first`, then doubled each time up to `longest`, each cut by up to half.

    The cut is random, so that many notices are not retried at the same moment. With the defaults, an undelivered e-mail
    is given up after about three days.
    """

    first: float = 15
    longest: float = LONGEST_WAIT.total_seconds()
    attempts: int = 100

    def wait(self, attempt: int) -> timedelta:
        """Return the wait after the given attempt, counted from 1."""
        return timedelta(seconds=backoff(attempt, self.first, self.longest))


class Worker:
    """Deliver due notices, each by its route, polling every `poll` seconds.

    The routes of `outbox` must be among those of `routes`.
    """

    def __init__(
        self,
        outbox: Outbox,
        routes: Mapping[Route, Deliver],
        *,
        retries: Retries | None = None,
        poll: float = 2,
    ) -> None:
        self._outbox = outbox
        self._routes = routes
        self._retries = retries or Retries()
        self._poll = poll

    def run(self, stop: Event) -> None:
        """Run until `stop` is set; finish a delivery in progress. Survives a database outage."""
        pause = self._poll
        while not stop.is_set():
            try:
                self.run_once(stop)
                pause = self._poll
            except StoreError as error:
                pause = min(SLOWEST_POLL, pause * 2)
                log.error("%s. Trying again in %.0f seconds.", error, pause)
            stop.wait(pause)

    def run_once(self, stop: Event | None = None) -> int:
        """Deliver all due notices. Returns their number. Raises StoreError."""
        delivered = 0
        while not (stop and stop.is_set()) and (notice := self._outbox.claim()) is not None:
            delivered += self._handle(notice)
        return delivered

    def _handle(self, notice: Notice) -> bool:
        """Make one attempt. A failure does not stop the other notices."""
        if notice.attempt > self._retries.attempts:
            self._give_up(notice, "a worker stopped in each attempt")
            return False
        try:
            _refuse_late(notice)
            self._routes[notice.route](notice)
        except DroppedError as error:
            self._outbox.drop(notice, str(error))
            log.info("%s: the %s is not delivered by %s: %s", *_named(notice), error)
            return False
        except NotificationError as error:
            self._failed(notice, str(error), loud=error.permanent)
            return False
        except Exception as error:  # a bug of ours: logged by type, without the visitor's words
            self._failed(notice, f"unexpected {type(error).__name__}", loud=True)
            return False
        if not self._outbox.mark_sent(notice):
            log.warning("%s was delivered, but its claim had ended: it may arrive twice", notice.request.reference)
        log.info("%s: the %s delivered by %s in attempt %d", *_named(notice), notice.attempt)
        return True

    def _failed(self, notice: Notice, problem: str, *, loud: bool) -> None:
        if notice.attempt >= self._retries.attempts:
            self._give_up(notice, problem)
            return
        wait = self._retries.wait(notice.attempt)
        self._outbox.reschedule(notice, wait, problem)
        level = logging.ERROR if loud else logging.WARNING
        seconds = wait.total_seconds()
        text = "%s: the %s not delivered by %s in attempt %d: %s. Next attempt in %.0f seconds."
        log.log(level, text, *_named(notice), notice.attempt, problem, seconds)

    def _give_up(self, notice: Notice, problem: str) -> None:
        self._outbox.mark_failed(notice, problem)
        text = (
            "%s could not be delivered in %d attempts and is given up: %s. The request is kept. Correct the cause, "
            "then run: lamoon requests retry %s"
        )
        reference = notice.request.reference
        log.error(text, reference, min(notice.attempt, self._retries.attempts), problem, reference)


def _named(notice: Notice) -> tuple[str, str, str]:
    return notice.request.reference, notice.about.replace("_", " "), notice.route


def _refuse_late(notice: Notice) -> None:
    """Raise DroppedError for a reminder whose appointment has begun, as after a long outage."""
    agreed = notice.stage.appointment
    if notice.about == "reminder" and agreed is not None and agreed.starts_at <= now():
        raise DroppedError("the appointment has begun already")
