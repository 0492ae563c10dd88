"""A calendar at an address: fetched within limits; huge, broken, slow and redirecting ones are an error, not a danger."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.calendar.calendar_servers import FeedServer, ics, span

from lamoon.booking.calendar.adapter import Busy, CalendarError, Event
from lamoon.booking.calendar.feed import FeedCalendar

ZONE = ZoneInfo("America/New_York")
START, END = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 14, tzinfo=UTC)
TEXT = ics("DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z")
TAKEN = [Busy(span("2026-12-01T15:00"))]


def sends(text: bytes, status: int = 200, **headers: str) -> Callable[[Any], None]:
    """An answer of a server."""

    def answer(handler: Any) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return answer


def read(feed_server: FeedServer, **limits: Any) -> list[Busy]:
    return list(FeedCalendar(feed_server.url, ZONE, **limits).busy(START, END))


def test_a_feed_is_read(feed_server: FeedServer) -> None:
    feed_server.answer = sends(b"\xef\xbb\xbf" + TEXT.encode())
    assert read(feed_server) == TAKEN


def test_an_unchanged_feed_is_not_sent_again(feed_server: FeedServer) -> None:
    def answer(handler: Any) -> None:
        same = handler.headers.get("If-None-Match") == '"1"'
        sends(b"" if same else TEXT.encode(), 304 if same else 200, ETag='"1"')(handler)

    feed_server.answer = answer
    calendar = FeedCalendar(feed_server.url, ZONE)
    assert list(calendar.busy(START, END)) == list(calendar.busy(START, END)) == TAKEN
    assert [headers.get("If-None-Match") for headers in feed_server.asked] == [None, '"1"']


def test_a_changed_feed_replaces_the_one_before(feed_server: FeedServer) -> None:
    calendar = FeedCalendar(feed_server.url, ZONE)
    feed_server.answer = sends(TEXT.encode(), ETag='"1"')
    calendar.busy(START, END)
    feed_server.answer = sends(ics("DTSTART:20261202T150000Z\r\nDTEND:20261202T160000Z").encode(), ETag='"2"')
    assert calendar.busy(START, END) == [Busy(span("2026-12-02T15:00"))]


def test_a_redirect_is_followed(feed_server: FeedServer) -> None:
    def answer(handler: Any) -> None:
        if handler.path == "/studio.ics":
            sends(b"", 302, Location="/moved.ics")(handler)
        else:
            sends(TEXT.encode())(handler)

    feed_server.answer = answer
    assert read(feed_server) == TAKEN


@pytest.mark.parametrize("to", ["/studio.ics", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://[", "gopher:x"])
def test_a_redirect_to_itself_or_away_from_the_web_is_refused(feed_server: FeedServer, to: str) -> None:
    feed_server.answer = sends(b"", 302, Location=to)
    with pytest.raises(CalendarError):
        read(feed_server)
    assert len(feed_server.asked) <= 4


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/etc/passwd", "data:text/calendar,x"])
def test_only_the_web_is_read(address: str) -> None:
    with pytest.raises(CalendarError):
        FeedCalendar(address, ZONE).busy(START, END)


@pytest.mark.parametrize("status", [401, 404, 500, 304, 204])
def test_another_status_is_an_error(feed_server: FeedServer, status: int) -> None:
    feed_server.answer = sends(b"", status)
    with pytest.raises(CalendarError, match=str(status)):
        read(feed_server)


def test_a_huge_feed_is_left_before_it_is_in_memory(feed_server: FeedServer) -> None:
    sent = 0

    def answer(handler: Any) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        try:
            while sent < 500_000_000:
                handler.wfile.write(b"X" * 100_000)
                sent += 100_000
        except OSError:
            pass

    feed_server.answer = answer
    with pytest.raises(CalendarError, match="larger"):
        read(feed_server)
    assert sent < 50_000_000


def test_a_packed_feed_which_may_unpack_to_anything_is_refused(feed_server: FeedServer) -> None:
    feed_server.answer = sends(gzip.compress(b"X" * 50_000_000), Content_Encoding="gzip")
    with pytest.raises(CalendarError, match="packed"):
        read(feed_server)


def test_a_feed_that_drips_is_left_after_its_time(feed_server: FeedServer) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(100):
                handler.wfile.write(b"X")
                time.sleep(0.1)
        except OSError:
            pass

    feed_server.answer = answer
    begun = time.monotonic()
    with pytest.raises(CalendarError):
        read(feed_server, seconds=0.5)
    assert time.monotonic() - begun < 3


def test_a_feed_that_hangs_or_is_away_is_an_error(feed_server: FeedServer) -> None:
    feed_server.answer = lambda _: time.sleep(3)
    with pytest.raises(CalendarError, match="does not answer"):
        read(feed_server, seconds=0.3)
    with pytest.raises(CalendarError, match="does not answer"):
        FeedCalendar("http://127.0.0.1:9/x.ics", ZONE).busy(START, END)


@pytest.mark.parametrize("text", [b"<html>Sign in</html>", b"", bytes(range(256)), TEXT.encode()[:100]])
def test_what_is_no_calendar_is_an_error(feed_server: FeedServer, text: bytes) -> None:
    feed_server.answer = sends(text)
    with pytest.raises(CalendarError):
        read(feed_server)


def test_no_error_names_the_address(feed_server: FeedServer) -> None:
    with pytest.raises(CalendarError) as caught:
        FeedCalendar("http://127.0.0.1:9/secret-token/x.ics", ZONE).busy(START, END)
    assert "secret" not in str(caught.value)


def test_nothing_is_written_to_a_feed() -> None:
    calendar = FeedCalendar("http://127.0.0.1:9/x.ics", ZONE)
    calendar.add_tentative(Event("u", span("2026-12-01T15:00"), "x"))
    calendar.remove("u")
    assert calendar.confirm("u")
