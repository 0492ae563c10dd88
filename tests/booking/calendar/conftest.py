"""A studio with hours and a calendar, a real Radicale, and feeds that behave badly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from booking.calendar.calendar_servers import Clock, FeedServer, Radicale, a_studio
from storage.conftest import postgres_url as postgres_url
from storage.conftest import sqlite_url as sqlite_url
from storage.conftest import url as url

from lamoon.storage.database import Database
from lamoon.studio import Studio


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def studio() -> Studio:
    return a_studio()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    found = Database(url)
    yield found
    found.close()


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def radicale(radicale_server: Radicale) -> Radicale:
    """The server with an empty calendar."""
    if radicale_server.process is None:
        radicale_server.start()
    radicale_server.ask("DELETE", "")
    radicale_server.make_calendar()
    return radicale_server


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(dict(self.headers))
            found.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = FeedServer(server, lambda _: None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
