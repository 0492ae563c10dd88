"""The worker with a real mail server: retries, giving up aloud, and a log without a visitor's words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lamoon.booking import BookingRequest, BookingStore
from lamoon.booking.mail import StudioMail
from lamoon.booking.outbox import Notice, Outbox, Retries, Worker
from lamoon.errors import NotificationError, StoreError

STUDIO_ONLY = ["studio_email"]
Build = Callable[..., BookingRequest]
Mailer = Callable[..., StudioMail]


@pytest.fixture
def later() -> Callable[[], datetime]:
    """A clock that jumps two hours at each look, so that every wait and claim is over."""
    moment = datetime.now(UTC)

    def look() -> datetime:
        nonlocal moment
        moment += timedelta(hours=2)
        return moment

    return look


def test_delivers_all_that_is_due(store: BookingStore, server: Any, mailer: Mailer, request_of: Build) -> None:
    references = [store.submit(request_of()) for _ in range(3)]
    worker = Worker(Outbox(store.database, STUDIO_ONLY), {"studio_email": mailer()})
    assert worker.run_once() == 3
    assert worker.run_once() == 0
    assert [reference in mail["Subject"] for reference, mail in zip(references, server.mails, strict=True)] == [
        True
    ] * 3
    assert {stored.status for stored in store.list()} == {"sent"}


def test_a_server_that_is_away_and_comes_back(
    store: BookingStore, server: Any, mailer: Mailer, request_of: Build, caplog: pytest.LogCaptureFixture
) -> None:
    reference = store.submit(request_of())
    server.down()
    passed = timedelta()
    worker = Worker(
        Outbox(store.database, STUDIO_ONLY, clock=lambda: datetime.now(UTC) + passed), {"studio_email": mailer()}
    )
    assert worker.run_once() == 0
    stored = store.get(reference)
    assert stored is not None
    assert (stored.status, stored.attempts) == ("queued", 1)
    assert "cannot be reached" in stored.last_problem
    assert [record.levelname for record in caplog.records if record.name.startswith("lamoon")] == ["WARNING"]
    server.up()
    passed = timedelta(seconds=15)
    assert worker.run_once() == 1
    assert len(server.mails) == 1


def test_refusals_are_tried_again_with_the_same_key(
    store: BookingStore,
    server: Any,
    mailer: Mailer,
    request_of: Build,
    later: Callable[[], datetime],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "lamoon")
    store.submit(request_of())
    server.answers = ["451 later", "554 no"]
    seen: list[str] = []

    def deliver(notice: Notice) -> None:
        seen.append(notice.key)
        mailer()(notice)

    worker = Worker(Outbox(store.database, STUDIO_ONLY, clock=later), {"studio_email": deliver})
    assert worker.run_once() == 1
    assert len(set(seen)) == 1
    assert len(seen) == 3
    assert server.keys() == seen[:1]
    levels = [record.levelname for record in caplog.records if record.name.startswith("lamoon")]
    assert levels == ["WARNING", "ERROR", "INFO"], "a refusal for good is loud at once: somebody has to act"


def test_giving_up_is_loud_and_loses_nothing(
    store: BookingStore,
    server: Any,
    mailer: Mailer,
    request_of: Build,
    later: Callable[[], datetime],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    request = request_of(name="Zebulon", wish="zzwish", health_words="zzhealth")
    reference = store.submit(request)
    server.at_rcpt = "550 no Zebulon here"
    outbox = Outbox(store.database, STUDIO_ONLY, clock=later)
    worker = Worker(outbox, {"studio_email": mailer()}, retries=Retries(attempts=3))
    assert worker.run_once() == 0
    stored = store.get(reference)
    assert stored is not None
    assert (stored.status, stored.attempts, stored.request) == ("failed", 3, request)
    last = [record for record in caplog.records if record.name == "lamoon.booking.outbox"][-1]
    assert last.levelno == logging.ERROR
    assert f"retry {reference}" in last.getMessage()
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("lamoon"))
    for words in ("Zebulon", "zzwish", "zzhealth", "maria@"):
        assert words not in ours
    server.at_rcpt = ""
    outbox.requeue(reference)
    assert worker.run_once() == 1


def test_one_bad_notice_does_not_stop_the_others(
    store: BookingStore, server: Any, mailer: Mailer, request_of: Build, caplog: pytest.LogCaptureFixture
) -> None:
    bad = store.submit(request_of())
    store.submit(request_of())

    def deliver(notice: Notice) -> None:
        if notice.request.reference == bad:
            raise ZeroDivisionError(notice.request.wish)
        mailer()(notice)

    assert Worker(Outbox(store.database, STUDIO_ONLY), {"studio_email": deliver}).run_once() == 1
    assert "unexpected ZeroDivisionError" in caplog.text
    assert "Tuesday" not in caplog.text


def test_a_crash_between_sending_and_noting_sends_again(
    store: BookingStore,
    server: Any,
    mailer: Mailer,
    request_of: Build,
    monkeypatch: pytest.MonkeyPatch,
    later: Callable[[], datetime],
) -> None:
    store.submit(request_of())
    outbox = Outbox(store.database, STUDIO_ONLY, clock=later)

    def crash(_: Notice) -> bool:
        raise StoreError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "mark_sent", crash)
        with pytest.raises(StoreError):
            Worker(outbox, {"studio_email": mailer()}).run_once()
    assert Worker(outbox, {"studio_email": mailer()}).run_once() == 1
    first, second = server.keys()
    assert first == second


def test_a_notice_that_kills_every_worker_is_given_up_in_the_end(
    store: BookingStore, request_of: Build, later: Callable[[], datetime], caplog: pytest.LogCaptureFixture
) -> None:
    store.submit(request_of())
    outbox = Outbox(store.database, STUDIO_ONLY, clock=later)
    worker = Worker(outbox, {"studio_email": lambda _: None}, retries=Retries(attempts=2))
    for _ in range(2):
        assert outbox.claim() is not None
    assert worker.run_once() == 0
    assert store.list("failed")
    assert "a worker stopped in each attempt" in caplog.text


def test_it_outlives_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(BookingStore(sqlite_url).database, STUDIO_ONLY)
    stop = threading.Event()
    looks: list[int] = []

    def claim() -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
            return
        raise StoreError("the database does not answer")

    monkeypatch.setattr(outbox, "claim", claim)
    Worker(outbox, {"studio_email": lambda _: None}, poll=0.01).run(stop)
    assert len(looks) == 3
    assert caplog.text.count("the database does not answer") == 2


def test_stopping_ends_after_the_delivery_under_way(sqlite_url: str, request_of: Build) -> None:
    store = BookingStore(sqlite_url)
    for _ in range(3):
        store.submit(request_of())
    stop = threading.Event()
    Worker(Outbox(store.database, STUDIO_ONLY), {"studio_email": lambda _: stop.set()}).run(stop)
    assert [stored.status for stored in store.list()] == ["sent", "queued", "queued"]


def test_waits_double_up_to_a_limit_and_are_spread() -> None:
    retries = Retries(first=10, longest=100)
    for attempt, whole in [(1, 10), (2, 20), (3, 40), (4, 80), (5, 100), (1000, 100)]:
        waits = {retries.wait(attempt).total_seconds() for _ in range(50)}
        assert whole / 2 <= min(waits) < max(waits) <= whole
        assert len(waits) > 40


def test_the_usual_retries_last_about_three_days() -> None:
    retries = Retries()
    whole = sum((retries.wait(attempt) for attempt in range(1, retries.attempts)), timedelta())
    assert timedelta(days=2) < whole < timedelta(days=4)


def test_two_workers_do_not_send_twice(store: BookingStore, server: Any, mailer: Mailer, request_of: Build) -> None:
    for _ in range(12):
        store.submit(request_of())
    workers = [Worker(Outbox(store.database, STUDIO_ONLY), {"studio_email": mailer()}) for _ in range(2)]
    threads = [threading.Thread(target=worker.run_once) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.mails) == len(set(server.keys())) == 12


def test_a_lost_claim_is_told(store: BookingStore, request_of: Build, caplog: pytest.LogCaptureFixture) -> None:
    store.submit(request_of())
    outbox = Outbox(store.database, STUDIO_ONLY, lease=timedelta(0))
    claims: list[Notice] = []

    def slow(notice: Notice) -> None:
        if not claims:
            claims.append(notice)
            assert outbox.claim() is not None, "another worker takes over"
            return
        raise NotificationError("enough", permanent=True)

    Worker(outbox, {"studio_email": slow}, retries=Retries(attempts=3)).run_once()
    assert "may arrive twice" in caplog.text
