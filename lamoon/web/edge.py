"""The network edge: limits on connections, and on the size and duration of a request.

uvicorn has none of these: it buffers headers of any size, waits for half a request for ever and accepts any number of
connections. `edge_protocol` adds limits to its protocol class, which apply before the application sees a request. A
response may take as long as it likes (`/chat/stream`), provided the client reads it.
"""

from __future__ import annotations

import asyncio
import resource
from asyncio.events import TimerHandle
from collections.abc import Callable, Collection
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lamoon.chat.errors import ApiError
from lamoon.chat.limits import network_of

MOST_HEAD_BYTES = 32_768
"""Request line and headers of one request, with the trailers of a chunked body."""
MOST_HEADERS = 100
HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a later request, to the end of its headers."""
BODY_SECONDS = 30.0
"""From the headers to the end of the body: 3 MB take 100 kB/s."""
IDLE_SECONDS = 5
"""How long an idle connection is kept for another request."""
READ_SECONDS = 60.0
"""How long a client may leave our output unread."""
LINGER_SECONDS = 0.5
"""From a refusal to closing the connection: closing with unread input would discard the response."""
MOST_CONNECTIONS = 2_000
MOST_OF_ADDRESS = 200
OTHER_FILES = 200
"""Open files that are not visitors' connections: databases, Rasa, platforms."""
MOST_PIPELINED = 10
PIECE = 8_192
"""Bytes fed to the parser at once, and so the most that exceeds a limit before it is noticed."""

HEAD_TOO_BIG = f"The headers are too large: up to {MOST_HEADERS} of them and {MOST_HEAD_BYTES // 1024} kB are read."
SLOW_HEAD = f"The headers did not arrive within {HEAD_SECONDS:.0f} seconds. Please send the request again."
SLOW_BODY = f"The body did not arrive within {BODY_SECONDS:.0f} seconds. Please send the request again."
NOT_HTTP = "This is not an HTTP/1.1 request."
FULL = "There are too many connections at the moment. Please try again in a few seconds."


class Room:
    """Connections that share a limit. `waiting` are those without a request in progress, longest first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.inside = 0
        self.waiting: dict[EdgeProtocol, None] = {}


class Door:
    """Counts connections, in total and per address.

    When full, the connection that has waited longest without a complete request is closed for the new one, so half
    requests cannot keep visitors out. Only when every connection is being answered is the new one refused.
    """

    def __init__(
        self, most: int, most_of_address: int, shared: Collection[str], refused: Callable[[str], None]
    ) -> None:
        """Takes the limits; addresses in the networks `shared` (proxies) and of this machine stand for many people.

        `refused` is called with the name of the limit that was exceeded.
        """
        self.refused = refused
        self._everybody = Room(most)
        self._addresses: dict[str, Room] = {}
        self._most_of_address = most_of_address
        self._shared = [ip_network(network) for network in shared]

    def enter(self, connection: EdgeProtocol) -> bool:
        """Admits a connection, unless it is full."""
        rooms = self._rooms(connection.address)
        for room in rooms:
            if room.inside >= room.most and room.waiting:
                next(iter(room.waiting)).make_room()
        if any(room.inside >= room.most for room in rooms):
            return False
        for room in rooms:
            room.inside += 1
        if len(rooms) > 1:
            self._addresses[connection.address] = rooms[1]
        return True

    def leave(self, connection: EdgeProtocol) -> None:
        """Removes an admitted connection."""
        for room in self._rooms(connection.address):
            room.inside -= 1
            room.waiting.pop(connection, None)
        if (own := self._addresses.get(connection.address)) and not own.inside:
            del self._addresses[connection.address]

    def mark(self, connection: EdgeProtocol, *, waiting: bool) -> None:
        """Marks a connection as waiting for a request, or as having one in progress."""
        for room in self._rooms(connection.address):
            room.waiting.pop(connection, None)
            if waiting:
                room.waiting[connection] = None

    def _rooms(self, address: str) -> list[Room]:
        if self._is_shared(address):
            return [self._everybody]
        return [self._everybody, self._addresses.get(address) or Room(self._most_of_address)]

    def _is_shared(self, address: str) -> bool:
        try:
            found = ip_address(address.partition("/")[0])
        except ValueError:
            return True  # not a network address: a Unix socket, for example
        return found.is_loopback or any(found in network for network in self._shared)


class EdgeProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with the limits of this module. Refusals are answered in JSON, and the connection is
    closed.
    """

    door: ClassVar[Door]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.address = ""
        self._entered = False
        self._ended = False
        self._deadline: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._begun = False
        self._body_missing = False
        self._advanced = False
        self._head_bytes = 0
        self._loose_bytes = 0
        self._header_count = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admits the connection or refuses it."""
        super().connection_made(transport)
        self.address = network_of(self.client[0]) if self.client else ""
        self._entered = self.door.enter(self)
        if not self._entered:
            self._refuse("connections", ApiError(503, "too_many_connections", FULL, retry_after=5))
            return
        self.door.mark(self, waiting=True)
        self._expect(HEAD_SECONDS, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Removes the connection."""
        super().connection_lost(exc)
        self._leave()
        self._expect(None)
        self._unset_keepalive_if_required()
        if self._unread:
            self._unread.cancel()

    def make_room(self) -> None:
        """Closes a connection without a request in progress."""
        self._leave()
        self._ended = True
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feeds the parser piece by piece, as long as it stays within the limits."""
        if self._ended or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._begun = True
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._expect(HEAD_SECONDS, self._head_is_late)
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._advanced = False
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade:
                return  # answered as if no other protocol had been requested
            except httptools.HttpParserError:
                self._refuse("request", ApiError(400, "not_http", NOT_HTTP))
                return
            self._loose_bytes = 0 if self._advanced else self._loose_bytes + len(piece)
            if self._head_is_too_big():
                self._refuse("head", ApiError(431, "headers_too_large", HEAD_TOO_BIG))
            elif len(self.pipeline) > MOST_PIPELINED:
                self._end(self.transport.abort)
            if self._ended or self.transport.is_closing():
                return

    def on_message_begin(self) -> None:
        """A request begins (called by the parser, like those below)."""
        super().on_message_begin()
        self._advanced = True
        self._head_bytes = self._header_count = 0
        if self._deadline is None:
            self._expect(HEAD_SECONDS, self._head_is_late)

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._advanced = True
        self._head_bytes += len(url)
        if not self._head_is_too_big():
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer behind a chunked body."""
        self._advanced = True
        self._head_bytes += len(name) + len(value) + 4
        self._header_count += 1
        if not self._head_is_too_big():
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Starts the application."""
        self._advanced = True
        if self._head_is_too_big():
            return
        super().on_headers_complete()
        self._body_missing = True
        self.door.mark(self, waiting=False)
        self._expect(BODY_SECONDS, self._body_is_late)

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._advanced = True
        if not self._head_is_too_big():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        self._advanced = True
        if self._head_is_too_big():
            return
        self._begun = self._body_missing = False
        self._expect(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Ends a response. After one to an unfinished request the connection closes: further input is not read."""
        super().on_response_complete()
        if self._ended or self.transport.is_closing() or not self.cycle.response_complete:
            return
        if self._body_missing:
            self._linger()
        else:
            self.door.mark(self, waiting=True)

    def timeout_keep_alive_handler(self) -> None:
        """Keep-alive timeout."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(READ_SECONDS, self.transport.abort)  # closing waits for a client that does not read

    def pause_writing(self) -> None:
        """The client has stopped reading."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        if self._unread:
            self._unread.cancel()

    def _unsupported_upgrade_warning(self) -> None:
        """Any client can request one, as often as it likes: no line in the log."""

    def _head_is_too_big(self) -> bool:
        return self._head_bytes + self._loose_bytes > MOST_HEAD_BYTES or self._header_count > MOST_HEADERS

    def _expect(self, seconds: float | None, late: Callable[[], None] | None = None) -> None:
        """Sets the connection's one deadline, or clears it."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, late) if seconds and late else None

    def _head_is_late(self) -> None:
        if self._begun:
            self._refuse("head", ApiError(408, "too_slow", SLOW_HEAD))
        else:
            self._end(self.transport.close)  # a connection opened in advance: browsers read no answer on it

    def _body_is_late(self) -> None:
        self._refuse("body", ApiError(408, "too_slow", SLOW_BODY))

    def _refuse(self, limit: str, error: ApiError) -> None:
        """Answers and closes the connection. When a response is already under way, only closes."""
        self.door.refused(limit)
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started or self.pipeline:
                self._end(self.transport.abort)
                return
        response = error.response()
        lines = [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
        self.transport.write(b"".join([STATUS_LINE[error.status], *lines, b"connection: close\r\n\r\n", response.body]))
        self._linger()

    def _linger(self) -> None:
        self.transport.write_eof()
        self.flow.pause_reading()
        self._end(lambda: self.loop.call_later(LINGER_SECONDS, self.transport.abort))

    def _end(self, close: Callable[[], object]) -> None:
        self._ended = True
        self._expect(None)
        self._unset_keepalive_if_required()
        close()

    def _leave(self) -> None:
        if self._entered:
            self._entered = False
            self.door.leave(self)


def edge_protocol(proxies: Collection[str], refused: Callable[[str], None]) -> type[EdgeProtocol]:
    """The protocol class for one server.

    Args:
        proxies: addresses and networks of the reverse proxies, to which per-address limits do not apply.
        refused: is called with the name of the limit that was exceeded.
    """
    door = Door(_most_connections(), MOST_OF_ADDRESS, proxies, refused)
    return type("BoundEdgeProtocol", (EdgeProtocol,), {"door": door})


def _most_connections() -> int:
    """MOST_CONNECTIONS, or what the system's limit of open files allows, raised as far as permitted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, soft - OTHER_FILES)
    return MOST_CONNECTIONS
