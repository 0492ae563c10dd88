"""The queue, on SQLite and PostgreSQL: claims are exclusive, end by themselves, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from lamoon.booking import BookingRequest, BookingStore
from lamoon.booking.outbox import LEASE, LONGEST_WAIT, Outbox

STUDIO_ONLY = ["studio_email"]
Build = Callable[..., BookingRequest]


class Clock:
    """A clock that only moves on command."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(store: BookingStore, clock: Clock) -> Outbox:
    return Outbox(store.database, STUDIO_ONLY, clock=clock)


def test_empty(outbox: Outbox) -> None:
    assert outbox.claim() is None
    assert outbox.count("queued") == 0


def test_oldest_first_and_each_once(outbox: Outbox, store: BookingStore, request_of: Build) -> None:
    requests = [request_of() for _ in range(3)]
    for request in requests:
        store.submit(request)
    claimed = [outbox.claim() for _ in range(4)]
    assert [notice and notice.request for notice in claimed] == [*requests, None]


def test_a_claim_ends_by_itself_with_the_same_key(
    outbox: Outbox, store: BookingStore, clock: Clock, request_of: Build
) -> None:
    store.submit(request_of())
    first = outbox.claim()
    clock.move(LEASE - timedelta(seconds=1))
    assert outbox.claim() is None
    clock.move(timedelta(seconds=1))
    second = outbox.claim()
    assert first is not None
    assert second is not None
    assert (first.key, first.attempt, second.attempt) == (second.key, 1, 2)
    assert not outbox.mark_sent(first), "the first worker has lost its claim"
    assert outbox.mark_sent(second)
    assert outbox.count("queued") == 0


def test_sent_is_final(outbox: Outbox, store: BookingStore, clock: Clock, request_of: Build) -> None:
    reference = store.submit(request_of())
    notice = outbox.claim()
    assert notice is not None
    assert outbox.mark_sent(notice)
    clock.move(timedelta(days=30))
    assert outbox.claim() is None
    stored = store.get(reference)
    assert stored is not None
    assert (stored.status, stored.attempts) == ("sent", 1)
    assert stored.sent_at == clock.time - timedelta(days=30)


def test_again_waits(outbox: Outbox, store: BookingStore, clock: Clock, request_of: Build) -> None:
    reference = store.submit(request_of())
    notice = outbox.claim()
    assert notice is not None
    outbox.reschedule(notice, timedelta(minutes=10), "no answer")
    stored = store.get(reference)
    assert stored is not None
    assert (stored.status, stored.last_problem) == ("queued", "no answer")
    clock.move(timedelta(minutes=9))
    assert outbox.claim() is None
    clock.move(timedelta(minutes=1))
    assert outbox.claim() is not None


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=31), timedelta(days=9000)])
def test_a_notice_does_not_wait_for_a_day_that_a_wrong_clock_named(
    outbox: Outbox, store: BookingStore, clock: Clock, request_of: Build, ahead: timedelta
) -> None:
    store.submit(request_of())
    clock.move(ahead)
    notice = outbox.claim()
    assert notice is not None
    outbox.reschedule(notice, LONGEST_WAIT, "no answer")
    assert outbox.claim() is None
    clock.move(-ahead)
    assert outbox.claim() is not None


def test_a_worker_of_which_nothing_is_heard_loses_its_claim_when_the_clock_is_set_back(
    outbox: Outbox, store: BookingStore, clock: Clock, request_of: Build
) -> None:
    store.submit(request_of())
    assert outbox.claim() is not None
    clock.move(-timedelta(days=1))
    assert outbox.claim() is not None


def test_failed_is_kept_and_can_be_queued_again(outbox: Outbox, store: BookingStore, request_of: Build) -> None:
    references = [store.submit(request_of()) for _ in range(2)]
    for _ in references:
        notice = outbox.claim()
        assert notice is not None
        outbox.mark_failed(notice, "no answer")
    assert outbox.claim() is None
    assert len(store.list("failed")) == 2
    assert outbox.requeue(references[1]) == 1
    notice = outbox.claim()
    assert notice is not None
    assert (notice.request.reference, notice.attempt) == (references[1], 1)
    assert outbox.requeue() == 1


def test_deleted_while_being_sent(outbox: Outbox, store: BookingStore, request_of: Build) -> None:
    request = request_of()
    store.submit(request)
    notice = outbox.claim()
    assert notice is not None
    store.forget(request.conversation_id)
    assert not outbox.mark_sent(notice)


def test_many_workers_never_claim_the_same(outbox: Outbox, store: BookingStore, request_of: Build) -> None:
    references = {store.submit(request_of()) for _ in range(20)}

    def drain(_: int) -> list[str]:
        found = []
        while notice := outbox.claim():
            found.append(notice.request.reference)
        return found

    with ThreadPoolExecutor(4) as pool:
        claimed = [reference for found in pool.map(drain, range(4)) for reference in found]
    assert sorted(claimed) == sorted(references)


def test_a_row_broken_by_hand_is_put_aside_aloud(
    outbox: Outbox, store: BookingStore, url: str, request_of: Build, caplog: pytest.LogCaptureFixture
) -> None:
    broken, good = store.submit(request_of()), store.submit(request_of())
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE booking_requests SET name = '' WHERE reference = '{broken}'")
    engine.dispose()
    notice = outbox.claim()
    assert notice is not None
    assert notice.request.reference == good
    assert f"{broken} cannot be delivered" in caplog.text
