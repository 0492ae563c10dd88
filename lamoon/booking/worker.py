"""Delivers queued notices, retrying until each is delivered or logged as failed.

The log names references and kinds of problems, never a visitor's words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from lamoon.booking.outbox import LONGEST_WAIT, Notice, Outbox
from lamoon.errors import NotificationError, StoreError
from lamoon.retry import backoff

log = logging.getLogger("lamoon.booking.worker")
Deliver = Callable[[Notice], None]
"""Delivers one notice. Raises NotificationError on failure."""
SLOWEST_POLL = 60.0


@dataclass(frozen=True)
class Retries:
    """Waits between attempts, in seconds: `first`, then doubled each time up to `longest`, each cut by up to half.

    The cut is random, so that many notices do not come back at the same moment. With the defaults an undelivered e-mail
    is given up after about three days.
    """

    first: float = 15
    longest: float = LONGEST_WAIT.total_seconds()
    attempts: int = 100

    def wait(self, attempt: int) -> timedelta:
        """The wait after the given attempt, counted from 1."""
        return timedelta(seconds=backoff(attempt, self.first, self.longest))


class Worker:
    """Delivers due notices, polling every `poll` seconds."""

    def __init__(
        self,
        outbox: Outbox,
        deliver: Deliver,
        *,
        retries: Retries | None = None,
        poll: float = 2,
    ) -> None:
        self._outbox = outbox
        self._deliver = deliver
        self._retries = retries or Retries()
        self._poll = poll

    def run(self, stop: Event) -> None:
        """Works until `stop` is set, after finishing a delivery in progress. Survives a database outage."""
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
        """Delivers all due notices. Returns their number. Raises StoreError."""
        delivered = 0
        while not (stop and stop.is_set()) and (notice := self._outbox.claim()) is not None:
            delivered += self._handle(notice)
        return delivered

    def _handle(self, notice: Notice) -> bool:
        """One attempt. Its failure does not stop the other notices."""
        if notice.attempt > self._retries.attempts:
            self._give_up(notice, "a worker stopped in each attempt")
            return False
        try:
            self._deliver(notice)
        except NotificationError as error:
            self._failed(notice, str(error), loud=error.permanent)
            return False
        except Exception as error:  # a fault of this program: logged by type, without the visitor's words
            self._failed(notice, f"unexpected {type(error).__name__}", loud=True)
            return False
        if not self._outbox.mark_sent(notice):
            log.warning("%s was delivered, but its claim had ended: it may arrive twice", notice.request.reference)
        log.info("%s delivered in attempt %d", notice.request.reference, notice.attempt)
        return True

    def _failed(self, notice: Notice, problem: str, *, loud: bool) -> None:
        if notice.attempt >= self._retries.attempts:
            self._give_up(notice, problem)
            return
        wait = self._retries.wait(notice.attempt)
        self._outbox.reschedule(notice, wait, problem)
        level = logging.ERROR if loud else logging.WARNING
        seconds = wait.total_seconds()
        text = "%s not delivered in attempt %d: %s. Next attempt in %.0f seconds."
        log.log(level, text, notice.request.reference, notice.attempt, problem, seconds)

    def _give_up(self, notice: Notice, problem: str) -> None:
        self._outbox.mark_failed(notice, problem)
        text = (
            "%s could not be delivered in %d attempts and is given up: %s. The request is kept. Correct the cause, "
            "then run: lamoon requests retry %s"
        )
        reference = notice.request.reference
        log.error(text, reference, min(notice.attempt, self._retries.attempts), problem, reference)
