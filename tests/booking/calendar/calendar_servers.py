"""A studio with hours, a clock, a real Radicale, and a web server that tests decide about."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from lamoon.booking.calendar.times import Span
from lamoon.storage.database import Database
from lamoon.storage.tables import requests
from lamoon.studio import CalendarRules, EmergencyNumbers, Studio
from lamoon.studio.hours import check_hours
from lamoon.studio.model import WEEKDAYS

ZONE = "America/New_York"
NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
"""A Monday, 10 am in New York."""
USER, PASSWORD = "studio", "correct horse"


def a_studio(**rules: Any) -> Studio:
    """Open 9 to 5 from Monday to Friday, in New York."""
    values: dict[str, Any] = {"source": "caldav", "buffer_minutes": 15, "notice_hours": 2, "days_ahead": 14}
    return Studio(
        name="La Moon",
        country="US",
        numbers=EmergencyNumbers("911"),
        time_zone=ZONE,
        hours={day: check_hours("09:00-17:00" if day not in WEEKDAYS[5:] else "closed") for day in WEEKDAYS},
        calendar=CalendarRules(**{**values, **rules}),
    )


@dataclass
class Clock:
    """A clock that tests set."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


def span(text: str, minutes: int = 60) -> Span:
    """A span from a moment in UTC."""
    start = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Span(start, start + timedelta(minutes=minutes))


def add_request(database: Database, reference: str, *, hold: bool = False) -> None:
    """A stored request."""
    values = {
        "reference": reference, "conversation_id": f"web-{reference}", "run_id": "1", "kind": "booking", "hold": hold,
        "name": "Ann", "email": "ann@example.com", "phone": "", "wish": "neck", "screening": "no", "health_words": "",
        "conditions": [], "retracted": [], "details": {}, "consent": True, "channel": "rest",
        "created_at": NOW.replace(tzinfo=None), "state": "held" if hold else "requested",
    }  # fmt: skip
    with database.writing("add a request") as connection:
        connection.execute(insert(requests).values(values))


def ics(*events: str) -> str:
    """A calendar of events, each given as its lines."""
    inner = "\r\n".join(
        f"BEGIN:VEVENT\r\nUID:{number}@test\r\n{event}\r\nEND:VEVENT" for number, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{inner}\r\nEND:VCALENDAR\r\n"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Radicale:
    """A Radicale server with one calendar, which can be killed, stopped and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{USER}/appointments/"

    def start(self) -> None:
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        options = {
            "--server-hosts": f"127.0.0.1:{self.port}",
            "--auth-type": "htpasswd",
            "--auth-htpasswd-filename": str(self.folder / "users"),
            "--auth-htpasswd-encryption": "plain",
            "--storage-filesystem-folder": str(self.folder / "collections"),
        }
        words = [sys.executable, "-m", "radicale", "--config", "", *(part for pair in options.items() for part in pair)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", timeout=2)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("Radicale did not start")

    def make_calendar(self) -> None:
        answer = self.ask("MKCALENDAR", "")
        assert answer.status_code == 201, answer.status_code

    def ask(self, method: str, name: str, content: str = "") -> httpx.Response:
        return httpx.request(method, self.url + name, content=content, auth=(USER, PASSWORD), timeout=10)

    def put(self, name: str, *events: str) -> None:
        answer = self.ask("PUT", f"{name}.ics", ics(*events).replace("@test", f"-{name}@test"))
        assert answer.status_code in (200, 201, 204), answer.text

    def events(self) -> list[str]:
        """All events of the calendar."""
        text = self.ask("GET", "").text
        return text.split("BEGIN:VEVENT")[1:]

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def pause(self, *, on: bool) -> None:
        """Make it hang: it takes connections and answer nothing."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP if on else signal.SIGCONT)


@dataclass
class FeedServer:
    """A web server whose every answer a test decides; `asked` are the headers of the requests."""

    server: ThreadingHTTPServer
    answer: Callable[[Any], None]
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/studio.ics"
