"""A calendar on a CalDAV server. Its address is that of the calendar; each of our events is a file named after its
UID.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, TypeVar
from urllib.parse import quote

import requests
from caldav.davclient import DAVClient
from caldav.lib.error import DAVError

from lamoon.booking.calendar.adapter import SECONDS, Busy, CalendarError, Event
from lamoon.booking.calendar.ics import busy_in, confirmed, text_of

MOST_EVENTS: Final = 5_000
MOST_REDIRECTS: Final = 3
GONE: Final = (404, 410)
HEADERS: Final = {"Content-Type": "text/calendar; charset=utf-8"}
Result = TypeVar("Result")


class DavCalendar:
    """The calendar at `url`. Connects on first use."""

    writes = True

    def __init__(self, url: str, user: str, password: str, zone: tzinfo, *, seconds: float = SECONDS) -> None:
        self._url = url if url.endswith("/") else f"{url}/"
        self._zone = zone
        self._client: Any = DAVClient(
            url=self._url,
            username=user or None,
            password=password or None,
            timeout=seconds,
            enable_rfc6764=False,
        )
        self._client.session.max_redirects = MOST_REDIRECTS
        self._client.session.trust_env = False  # no other password out of ~/.netrc

    def busy(self, start: datetime, end: datetime) -> Sequence[Busy]:
        """Return the busy spans between two moments. One invalid event makes the whole result a CalendarError."""
        found = self._asked("be read", lambda: self._texts(start, end))
        return [taken for text in found for taken in busy_in(text, start, end, self._zone)]

    def add_tentative(self, event: Event) -> None:
        """Put a tentative event into the calendar, replacing one with the same UID."""
        self._put(event.uid, text_of(event, "TENTATIVE", datetime.now(UTC)))

    def confirm(self, uid: str) -> bool:
        """Make a tentative event a confirmed one; False if it is gone."""
        answer = self._asked("be read", lambda: self._client.request(self._address(uid), "GET"))
        if answer.status in GONE:
            return False
        if answer.status != requests.codes.ok:
            raise CalendarError(f"the event to be confirmed cannot be read: status {answer.status}")
        self._put(uid, confirmed(str(answer.raw), datetime.now(UTC)))
        return True

    def remove(self, uid: str) -> None:
        """Remove an event, if it exists."""
        answer = self._asked("give up an event", lambda: self._client.request(self._address(uid), "DELETE"))
        if answer.status not in GONE and not 200 <= answer.status < 300:
            raise CalendarError(f"the calendar keeps an event that was to be removed: status {answer.status}")

    def _texts(self, start: datetime, end: datetime) -> list[str]:
        calendar = self._client.calendar(url=self._url)
        events = calendar.search(start=start, end=end, event=True, expand=False)
        if len(events) > MOST_EVENTS:
            raise CalendarError("the calendar holds more events than are read")
        return [str(event.data) for event in events]

    def _put(self, uid: str, text: str) -> None:
        answer = self._asked("take an event", lambda: self._client.put(self._address(uid), text, HEADERS))
        if not 200 <= answer.status < 300:
            raise CalendarError(f"the calendar does not take an event: status {answer.status}")

    def _address(self, uid: str) -> str:
        return f"{self._url}{quote(uid, safe='')}.ics"

    def _asked(self, what: str, ask: Callable[[], Result]) -> Result:
        """Return the result of `ask`. Raises CalendarError for any failure, without quoting its text."""
        try:
            return ask()
        except CalendarError:
            raise
        except (DAVError, requests.RequestException, OSError, ValueError) as error:
            raise CalendarError(f"the calendar could not {what}: {type(error).__name__}") from None
        except Exception as error:  # a response that is not CalDAV breaks the library in any place
            raise CalendarError(f"the calendar's answer cannot be read: {type(error).__name__}") from None
