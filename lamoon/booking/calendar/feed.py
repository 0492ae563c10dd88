"""A read-only calendar at an iCalendar address, fetched conditionally, within limits, and over http(s) only."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Final

import httpx

from lamoon.booking.calendar.adapter import SECONDS, Busy, CalendarError, Event
from lamoon.booking.calendar.ics import busy_in

MOST_BYTES: Final = 5_000_000
MOST_REDIRECTS: Final = 3
SCHEMES: Final = ("http", "https")
HEADERS: Final = {"Accept": "text/calendar", "Accept-Encoding": "identity"}


class FeedCalendar:
    """The calendar at `url`. An unchanged calendar is not transferred again (ETag, Last-Modified)."""

    writes = False

    def __init__(self, url: str, zone: tzinfo, *, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        self._url = url
        self._zone = zone
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._text: str | None = None
        self._unchanged: dict[str, str] = {}
        self._running: Callable[[], float] = time.monotonic

    def busy(self, start: datetime, end: datetime) -> Sequence[Busy]:
        """Return the busy spans between two moments."""
        self._fetch()
        return busy_in(self._text or "", start, end, self._zone)

    def add_tentative(self, event: Event) -> None:
        """Do nothing: the address is read-only."""

    def confirm(self, uid: str) -> bool:
        """Do nothing: the address is read-only."""
        return True

    def remove(self, uid: str) -> None:
        """Do nothing: the address is read-only."""

    def _fetch(self) -> None:
        """Update the text. Raises CalendarError, which contains no address: it may be a secret."""
        until = self._running() + self._seconds
        try:
            with httpx.Client(timeout=self._seconds, follow_redirects=False) as client:
                self._read(client, until)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CalendarError(f"the calendar does not answer: {type(error).__name__}") from None

    def _read(self, client: httpx.Client, until: float) -> None:
        address = httpx.URL(self._url)
        for _ in range(MOST_REDIRECTS + 1):
            if address.scheme not in SCHEMES:
                raise CalendarError("the calendar's address is none of the web: expected http or https")
            with client.stream("GET", address, headers={**HEADERS, **self._unchanged}) as answer:
                if not answer.has_redirect_location:
                    self._take(answer, until)
                    return
                address = self._next(address, answer)
        raise CalendarError("the calendar's address leads on and on")

    def _next(self, address: httpx.URL, answer: httpx.Response) -> httpx.URL:
        """Return the target of a redirect. A secret address is never sent unencrypted."""
        to = address.join(answer.headers.get("Location", ""))
        if address.scheme == "https" and to.scheme == "http":
            raise CalendarError("the calendar's address leads from https to http")
        return to

    def _take(self, answer: httpx.Response, until: float) -> None:
        if answer.status_code == httpx.codes.NOT_MODIFIED and self._text is not None:
            return
        if answer.status_code != httpx.codes.OK:
            raise CalendarError(f"the calendar answers with status {answer.status_code}")
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise CalendarError(
                "the calendar is sent packed, which was not asked for"
            )  # it may decompress to much more
        read = bytearray()
        for part in answer.iter_raw():
            read += part
            if len(read) > self._most_bytes:
                raise CalendarError(f"the calendar is larger than {self._most_bytes:,} bytes")
            if self._running() > until:
                raise CalendarError("the calendar takes too long to be sent")
        self._text = read.decode("utf-8", errors="replace").removeprefix("\ufeff")
        headers = {
            "If-None-Match": answer.headers.get("ETag"),
            "If-Modified-Since": answer.headers.get("Last-Modified"),
        }
        self._unchanged = {name: value for name, value in headers.items() if value}
