"""Real things for the booking tests: a store in each kind of database, a mail server, workers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from storage.conftest import postgres_url as postgres_url
from storage.conftest import sqlite_url as sqlite_url
from storage.conftest import url as url

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.invitation import Organizer
from lamoon.booking.mail import StudioMail
from lamoon.booking.smtp import SmtpMailer
from lamoon.environment import Secret

PROJECT = Path(__file__).resolve().parents[2]
USER, PASSWORD = "assistant", "correct horse"
STUDIO = "studio@example.com"
ORGANIZER = Organizer("La Moon", "hello@lamoon.example", "12 Garden Lane, Springfield", UTC)


@pytest.fixture
def request_of() -> Callable[..., BookingRequest]:
    """Build a request of a new conversation; keyword arguments replace its values."""

    def build(**changes: Any) -> BookingRequest:
        values: dict[str, Any] = {
            "conversation_id": uuid.uuid4().hex,
            "run_id": "1",
            "name": "Maria Lopez",
            "contact": Contact(email="maria@example.com"),
            "wish": "A neck session, Tuesday after five",
            "consent": True,
            "screening": "no",
        }
        return BookingRequest(**{**values, **changes})

    return build


@pytest.fixture
def store(url: str) -> Iterator[BookingStore]:
    store = BookingStore(url)
    yield store
    store.close()


@dataclass
class MailServer:
    """A mail server on loopback. `answers` are given to the next mails instead of taking them.

    `mails` are those to the studio, and `client_mails` all others. `during` runs while a mail is being handed over, before the answer; `at_rcpt` answers the recipient instead.
    """

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    client_mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    at_rcpt: str = ""
    during: Callable[[], None] | None = None
    logins: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    controller: Controller | None = None

    def up(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **self.options)
        self.controller.start()

    def down(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if self.at_rcpt:
            return self.at_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if STUDIO not in envelope.rcpt_tos:
            self.client_mails.append(mail)
            return "250 taken"
        self.mails.append(mail)
        if self.during:
            await server.loop.run_in_executor(None, self.during)
        return "250 taken"

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        right = given.password == PASSWORD.encode() and given.login == USER.encode()
        return AuthResult(success=right, handled=False)

    def keys(self) -> list[str]:
        return [mail["X-Idempotency-Key"] for mail in self.mails]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that is up."""
    server = MailServer(free_port())
    server.up()
    yield server
    server.down()


@pytest.fixture
def mailer(server: MailServer) -> Callable[..., StudioMail]:
    """Build the studio's route through that server; keyword arguments replace values of its mailer."""

    def build(**changes: Any) -> StudioMail:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": server.port,
            "sender": "assistant@lamoon.example",
            "security": "none",
            "seconds": 5,
        }
        return StudioMail(SmtpMailer(**{**values, **changes}), STUDIO, ORGANIZER)

    return build


@pytest.fixture
def login() -> dict[str, Any]:
    """The login settings of a mailer."""
    return {"user": USER, "password": Secret(PASSWORD)}


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `python -m lamoon.booking ...` with LAMOON_ settings as keyword arguments; end it after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
        key = {"LAMOON_SECRET_KEY": os.environ["LAMOON_SECRET_KEY"]}  # this process writes what that one reads
        environment = {**clean, **key, "LAMOON_DATA": str(tmp_path / "state"), **settings}
        process = subprocess.Popen(
            [sys.executable, "-m", "lamoon.booking", *arguments],
            cwd=PROJECT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Wait until something is so, at most twenty seconds."""

    def wait(so: Callable[[], Any]) -> Any:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            value = so()
            if value:
                return value
            time.sleep(0.02)
        pytest.fail("waited twenty seconds in vain")

    return wait
