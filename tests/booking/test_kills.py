"""Requests under random kills and faults: each acknowledged one stored once, each notice delivered under one key.

The short form is a part of the suite. The full measure: LAMOON_TEST_REQUESTS=1000 pytest tests/booking/test_kills.py -s
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from booking.conftest import STUDIO
from sqlalchemy import func, select

from lamoon.booking import BookingRequest, BookingStore
from lamoon.booking.appointment import Appointment
from lamoon.booking.changes import Changes
from lamoon.booking.notices import NoticeSettings
from lamoon.booking.outbox import Outbox
from lamoon.errors import StoreError
from lamoon.storage.tables import history, outbox, requests

REQUESTS = int(os.environ.get("LAMOON_TEST_REQUESTS", "12"))
SEED = 7
SECRET = "s" * 40
FULL_SECONDS = 0.4
"""How long a database is locked, or full; a writer waits longer, or gets an error."""
DELIVERY_SECONDS = 180 + REQUESTS
WITH_WEBHOOK = NoticeSettings(webhook=True)


@dataclass
class Calls:
    """The receiver of the webhook. `fails` is the number of next calls that it accepts and then refuses."""

    keys: list[str] = field(default_factory=list)
    fails: int = 0
    url: str = ""


@pytest.fixture
def calls() -> Iterator[Calls]:
    found = Calls()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            found.keys.append(self.headers["Idempotency-Key"])
            found.fails -= 1
            self.send_response(500 if found.fails >= 0 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


class Harm:
    """Random faults during writes: a worker killed, a mail server away, a database locked or full."""

    def __init__(self, start: Callable[[], subprocess.Popen[str]], server: Any, calls: Calls, database: Path) -> None:
        self._start = start
        self._server = server
        self._calls = calls
        self._database = database
        self.worker = start()
        self.done: Counter[str] = Counter()

    def strike(self, kind: str) -> None:
        self.done[kind] += 1
        getattr(self, kind)()

    def kill_worker(self) -> None:
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait(20)
        self.worker = self._start()

    def mail_server_away(self) -> None:
        self._server.down()
        time.sleep(FULL_SECONDS / 2)
        self._server.up()

    def mail_server_refuses(self) -> None:
        self._server.answers += ["451 later"] * 2

    def webhook_takes_and_fails(self) -> None:
        self._calls.fails = 2

    def database_locked(self) -> None:
        with contextlib.closing(sqlite3.connect(self._database, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(FULL_SECONDS)
            other.execute("ROLLBACK")

    kinds = ("kill_worker", "mail_server_away", "mail_server_refuses", "webhook_takes_and_fails", "database_locked")


def test_nothing_acknowledged_is_lost_or_told_under_two_keys(
    sqlite_url: str, server: Any, calls: Calls, command: Callable[..., Any], request_of: Callable[..., BookingRequest]
) -> None:
    settings = {
        "LAMOON_SMTP_HOST": "127.0.0.1",
        "LAMOON_SMTP_PORT": str(server.port),
        "LAMOON_SMTP_SECURITY": "none",
        "LAMOON_SMTP_FROM": "assistant@lamoon.example",
        "LAMOON_NOTIFY_EMAIL": STUDIO,
        "LAMOON_DATABASE_URL": sqlite_url,
        "LAMOON_WEBHOOK_URL": calls.url,
        "LAMOON_WEBHOOK_SECRET": SECRET,
        "LAMOON_LOG_LEVEL": "ERROR",  # a pipe that nobody reads must not fill up
    }
    store = BookingStore(sqlite_url, WITH_WEBHOOK)
    chance = random.Random(SEED)
    harm = Harm(
        lambda: command("worker", "--poll", "0.05", "--lease", "2", **settings), server, calls,
        Path(sqlite_url.removeprefix("sqlite:///")),
    )  # fmt: skip
    kinds = [*Harm.kinds, *chance.choices(Harm.kinds, k=REQUESTS // 10)]
    moments = dict(zip(chance.sample(range(REQUESTS), min(len(kinds), REQUESTS)), kinds, strict=False))
    acknowledged = _send_all(store, request_of, harm, moments, chance)
    _until_delivered(store, chance)
    harm.worker.send_signal(signal.SIGKILL)
    harm.worker.wait(20)
    _check(store, server, calls, acknowledged)
    print(f"{len(acknowledged)} requests; faults: {dict(harm.done)}; mails: {len(server.mails)} to the studio")
    store.close()


def _send_all(
    store: BookingStore, request_of: Callable[..., BookingRequest], harm: Harm, moments: dict[int, str],
    chance: random.Random,
) -> dict[str, str]:  # fmt: skip
    """Send every request, as a client does that repeats what was not acknowledged; some are confirmed or withdrawn.

    Returns the reference of each conversation.
    """
    changes, acknowledged = Changes(store.database, WITH_WEBHOOK), {}
    for number in range(REQUESTS):
        conversation = uuid.uuid4().hex
        striking = threading.Thread(target=harm.strike, args=[moments[number]]) if number in moments else None
        if striking:
            striking.start()
        request = request_of(conversation_id=conversation)
        reference = _stored(lambda request=request: store.submit(request))
        assert _stored(lambda request=request: store.submit(request)) == reference, "sent twice is stored once"
        acknowledged[conversation] = reference
        if chance.random() < 0.3:
            agreed = Appointment(datetime.now(UTC) + timedelta(days=9), 60)
            _stored(
                lambda reference=reference, agreed=agreed: changes.record(
                    reference, "confirmed", "staff", appointment=agreed
                )
            )
        if chance.random() < 0.2:
            _stored(lambda reference=reference: changes.record(reference, "withdrawn", "visitor"))
        if striking:
            striking.join()
    return acknowledged


def _stored(work: Callable[[], Any]) -> Any:
    for _ in range(20):
        with contextlib.suppress(StoreError):
            return work()
    pytest.fail("the database stayed away")


def _until_delivered(store: BookingStore, chance: random.Random) -> None:
    """Wait until nothing is queued. Back-off is cut short, as if the hours had passed."""
    everything, end = Outbox(store.database), time.monotonic() + DELIVERY_SECONDS
    while everything.count("queued"):
        assert time.monotonic() < end, _left(store)
        with store.database.writing("let time pass") as connection:
            waits = (outbox.c.status == "queued") & (outbox.c.claim == "") & (outbox.c.attempts > 0)
            due = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
            connection.execute(outbox.update().where(waits).values(due_at=due))
        time.sleep(0.3 + chance.random() / 5)


def _left(store: BookingStore) -> str:
    with store.database.reading("look") as connection:
        rows = connection.execute(select(outbox).where(outbox.c.status == "queued")).all()
    return "; ".join(
        f"{row.about} by {row.route}, attempt {row.attempts}: {row.last_problem or '-'}, {row.claim}" for row in rows
    )


def _check(store: BookingStore, server: Any, calls: Calls, acknowledged: dict[str, str]) -> None:
    with store.database.reading("look") as connection:
        rows = connection.execute(select(requests.c.conversation_id, requests.c.reference)).all()
        notices = connection.execute(select(outbox)).all()
        first = select(func.count()).select_from(history).where(history.c.event == "sent")
        assert connection.execute(first).scalar() == len(acknowledged)
    assert {row.conversation_id: row.reference for row in rows} == acknowledged
    assert len(rows) == len(acknowledged), "stored once"
    assert {row.status for row in notices} == {"sent"}
    arrived = {
        "studio_email": Counter(server.keys()),
        "client_email": Counter(mail["X-Idempotency-Key"] for mail in server.client_mails),
        "webhook": Counter(calls.keys),
    }
    for route, keys in arrived.items():
        assert set(keys) == {row.key for row in notices if row.route == route}, (
            f"{route}: at least once, and one key each"
        )
    subjects = Counter(mail["X-Idempotency-Key"] + str(mail["Subject"]) for mail in server.mails)
    assert len(subjects) == len(arrived["studio_email"]), "one key never carries two things"


def test_a_full_disk_acknowledges_nothing_that_is_not_stored(
    sqlite_url: str, request_of: Callable[..., BookingRequest]
) -> None:
    """SQLite's own page limit simulates the full disk: the same error at the same place."""
    store = BookingStore(sqlite_url, WITH_WEBHOOK)
    with store.database._engine.connect() as connection:  # the pool hands this one connection on
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar())
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    references = set()

    def fill() -> None:
        for _ in range(60):
            references.add(store.submit(request_of(wish="words " * 150)))

    with pytest.raises(StoreError, match="the disk is full"):
        fill()
    assert {stored.request.reference for stored in store.list()} == references
    with store.database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert store.submit(request_of())
    assert Outbox(store.database).count("queued") == 3 * (len(references) + 1), "with all notices, or not at all"
    store.close()
