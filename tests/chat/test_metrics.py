"""The metrics of a gateway: what is counted, what comes of the database, and that no words are in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from storage.conftest import postgres_url  # noqa: F401  a fixture

from lamoon.booking import BookingRequest, BookingStore
from lamoon.booking.contact import Contact
from lamoon.chat.backlog import read_backlog
from lamoon.chat.metrics import RESULTS, Metrics, result_of
from lamoon.chat.model import Draft
from lamoon.chat.store import ChatStore
from lamoon.errors import StoreError
from lamoon.storage.leases import Leases
from lamoon.storage.tables import messages, outbox
from lamoon.storage.time import now, to_naive_utc


@pytest.fixture
def bookings(tmp_path: Path) -> Iterator[BookingStore]:
    with closing(BookingStore(f"sqlite:///{tmp_path}/a.db")) as store:
        yield store


def request_with(wish: str = "lower back") -> BookingRequest:
    return BookingRequest(
        conversation_id="web-1", run_id="1", name="Dana Whitfield", contact=Contact(email="dana@example.com"), wish=wish,
        consent=True, screening="no",
    )  # fmt: skip


def values(metrics: Metrics) -> dict[str, float]:
    """What the page says, by name with labels."""
    found = {}
    for family in text_string_to_metric_families(metrics.page().decode()):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def metrics_of(bookings: BookingStore) -> Metrics:
    return Metrics(lambda: 3, lambda: read_backlog(bookings.database), lambda: True)


@pytest.mark.parametrize(
    ("label", "result"),
    [
        ("", "no_answer"),
        ("nlu_fallback", "fallback"),
        ("out_of_scope/prices", "not_in_guide"),
        ("topic/pain", "answered"),
    ],
)
def test_a_turn_ends_in_one_way(label: str, result: str) -> None:
    assert result_of({"label": label}) == result
    assert result in RESULTS


def test_turns_and_alarms_are_counted(bookings: BookingStore) -> None:
    metrics = metrics_of(bookings)
    before = values(metrics)
    assert before["lamoon_turns_total{result=fallback}"] == before["lamoon_alarms_total{kind=crisis}"] == 0
    metrics.answered([Draft("help", [], "crisis"), Draft("more", [], "text")], 0.3, {"label": "nlu_fallback"})
    metrics.shown([Draft("call", [], "emergency"), Draft("hello", [], "text")])
    after = values(metrics)
    assert after["lamoon_turns_total{result=fallback}"] == 1
    assert after["lamoon_alarms_total{kind=crisis}"] == after["lamoon_alarms_total{kind=emergency}"] == 1
    assert after["lamoon_replies_total{kind=text}"] == 1
    assert after["lamoon_answer_seconds_bucket{le=0.5}"] == 1
    assert after["lamoon_streams"] == 3


def test_the_oldest_due_notice_and_message_have_an_age(bookings: BookingStore) -> None:
    metrics, chats = metrics_of(bookings), ChatStore(bookings.database)
    assert values(metrics)["lamoon_outbox_oldest_due_seconds"] == values(metrics)["lamoon_waiting_oldest_seconds"] == 0
    bookings.submit(request_with(wish="a planted wish"))
    conversation = chats.open()
    chats.receive(conversation.id, "one", "planted words", "planted words")
    earlier = to_naive_utc(now() - timedelta(minutes=10))
    with bookings.database.writing("make it late") as connection:
        connection.execute(update(outbox).values(due_at=earlier))
        connection.execute(update(messages).values(at=earlier))
    found = values(metrics)
    assert found["lamoon_outbox_oldest_due_seconds"] == pytest.approx(600, abs=20)
    assert found["lamoon_waiting_oldest_seconds"] == pytest.approx(600, abs=20)
    assert found["lamoon_outbox_notices{state=waiting}"] >= 1
    assert found["lamoon_waiting"] == 1
    assert "planted" not in metrics.page().decode()
    assert conversation.id not in metrics.page().decode()


def test_a_reminder_of_later_is_not_overdue(bookings: BookingStore) -> None:
    bookings.submit(request_with())
    with bookings.database.writing("make it a reminder") as connection:
        long_ago, later = to_naive_utc(now() - timedelta(days=3)), to_naive_utc(now() + timedelta(days=1))
        connection.execute(update(outbox).values(due_at=long_ago, not_before=later))
    assert read_backlog(bookings.database).oldest_notice == 0
    with bookings.database.writing("let its time come") as connection:
        connection.execute(update(outbox).values(not_before=to_naive_utc(now() - timedelta(minutes=1))))
    assert read_backlog(bookings.database).oldest_notice == pytest.approx(60, abs=20)


def test_without_the_database_the_page_says_so() -> None:
    def broken() -> None:
        raise StoreError("the database is away")

    found = values(Metrics(lambda: 0, broken, lambda: True))  # type: ignore[arg-type]
    assert found["lamoon_database_up"] == 0
    assert "lamoon_waiting" not in found
    assert "lamoon_turns_total{result=answered}" in found


def test_failures_and_waits_of_the_database_are_counted(bookings: BookingStore) -> None:
    metrics = metrics_of(bookings)
    bookings.database.watch(metrics.lock_seconds.observe, metrics.database_errors.inc)
    with bookings.database.writing("write"):
        pass
    with pytest.raises(StoreError), bookings.database.reading("read") as connection:
        connection.exec_driver_sql("SELECT nonsense")
    found = values(metrics)
    assert found["lamoon_database_errors_total"] == 1
    assert found["lamoon_database_wait_seconds_count"] == 1


async def test_leases_and_locks_of_a_shared_database(postgres_url: str) -> None:  # noqa: F811
    with closing(BookingStore(postgres_url)) as shared:
        metrics = metrics_of(shared)
        one, other = Leases(shared.database), Leases(shared.database)
        other.watch(metrics.leased)
        async with one.hold("a task"):
            async with other.hold("a task") as lease:
                assert lease is None
            assert values(metrics)["lamoon_leases_held"] == 1
        async with other.hold("a task") as lease:
            assert lease
        found = values(metrics)
        assert found["lamoon_lease_busy_total"] == 1
        assert found["lamoon_lease_wait_seconds_count"] == 2
        assert found["lamoon_database_lock_waiters"] == 0


def test_names_follow_the_convention(bookings: BookingStore) -> None:
    for family in text_string_to_metric_families(metrics_of(bookings).page().decode()):
        assert re.fullmatch(r"lamoon_[a-z_]+[a-z]", family.name)
        assert family.documentation
        if family.name.endswith("_created"):
            continue
        times = any(word in family.documentation for word in ("Age", "How long", "Waiting for", "From "))
        assert not times or family.name.endswith("_seconds"), family.name
