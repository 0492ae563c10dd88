"""The store, on SQLite and PostgreSQL: one transaction, never twice, forgetting, errors without a visitor's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from lamoon.booking import BookingRequest, BookingStore, Contact, DisclosedCondition
from lamoon.booking.changes import Changes
from lamoon.booking.outbox import Outbox
from lamoon.errors import StoreError
from lamoon.storage.tables import history, outbox
from lamoon.text.redaction import REDACTED, Redaction

STUDIO_ONLY = ["studio_email"]
Build = Callable[..., BookingRequest]


def test_everything_comes_back(store: BookingStore, request_of: Build) -> None:
    request = request_of(
        kind="handoff",
        screening="details",
        health_words="an old clot, \u00e4\u674e\U0001f64f '); DROP TABLE outbox;--",
        conditions=(
            DisclosedCondition("blood_clot", "a clot"),
            DisclosedCondition("pregnancy", "12 weeks", hold=False),
        ),
        retracted=(DisclosedCondition("tumor_cancer", "was nothing"),),
        contact=Contact("maria@example.com", "+1 415-555-0132"),
        channel="telegram",
        created_at=datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    )
    reference = store.submit(request)
    stored = store.get(reference)
    assert stored is not None
    assert stored.request == request
    assert (stored.status, stored.attempts, stored.last_problem, stored.sent_at) == ("queued", 0, "", None)


def test_unknown_reference(store: BookingStore) -> None:
    assert store.get("LM-XXXXX") is None


def test_a_second_call_stores_nothing(store: BookingStore, request_of: Build) -> None:
    first = request_of()
    again = request_of(conversation_id=first.conversation_id, wish="changed")
    assert store.submit(first) == store.submit(first) == store.submit(again)
    assert [stored.request.wish for stored in store.list()] == [first.wish]
    assert Outbox(store.database, STUDIO_ONLY).count("queued") == 1


def test_another_run_of_the_form_is_another_request(store: BookingStore, request_of: Build) -> None:
    first = request_of()
    second = request_of(conversation_id=first.conversation_id, run_id="2")
    assert store.submit(first) != store.submit(second)
    assert len(store.list()) == 2


def test_repeated_calls_at_the_same_moment_store_one(store: BookingStore, request_of: Build) -> None:
    conversation = request_of().conversation_id
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda _: store.submit(request_of(conversation_id=conversation)), range(16)))
    assert len(references) == 1
    assert len(store.list()) == 1


def test_many_at_the_same_moment_are_all_stored(store: BookingStore, request_of: Build) -> None:
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda _: store.submit(request_of()), range(24)))
    assert len(references) == 24
    assert {stored.request.reference for stored in store.list()} == references
    assert Outbox(store.database, STUDIO_ONLY).count("queued") == 24


def test_a_taken_reference_is_replaced(store: BookingStore, request_of: Build) -> None:
    first = store.submit(request_of(reference="LM-7K3F9"))
    second = store.submit(request_of(reference="LM-7K3F9"))
    assert first == "LM-7K3F9"
    assert second != first
    assert len(store.list()) == 2


def test_no_free_reference(store: BookingStore, request_of: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    store.submit(request_of(reference="LM-7K3F9"))
    monkeypatch.setattr("lamoon.booking.store.new_reference", lambda: "LM-7K3F9")
    with pytest.raises(StoreError, match="no free reference"):
        store.submit(request_of(reference="LM-7K3F9"))


def test_request_and_notice_are_stored_together_or_not_at_all(store: BookingStore, url: str, request_of: Build) -> None:
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    with pytest.raises(StoreError):
        store.submit(request_of())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM booking_requests").scalar() == 0
    engine.dispose()


def test_list_by_status_and_limit(store: BookingStore, request_of: Build) -> None:
    references = [store.submit(request_of()) for _ in range(3)]
    outbox = Outbox(store.database, STUDIO_ONLY)
    notice = outbox.claim()
    assert notice is not None
    outbox.mark_sent(notice)
    assert [stored.request.reference for stored in store.list("sent")] == references[:1]
    assert [stored.request.reference for stored in store.list("queued")] == references[1:]
    assert [stored.request.reference for stored in store.list(limit=2)] == references[1:]
    assert store.list("failed") == []


def test_forget(store: BookingStore, request_of: Build) -> None:
    mine, other = request_of(), request_of()
    for request in (mine, request_of(conversation_id=mine.conversation_id, run_id="2"), other):
        store.submit(request)
    assert store.forget(mine.conversation_id) == 2
    assert store.forget(mine.conversation_id) == 0
    assert [stored.request for stored in store.list()] == [other]
    assert Outbox(store.database, STUDIO_ONLY).count("queued") == 1


def test_forget_leaves_nothing_in_the_files(sqlite_url: str, request_of: Build, tmp_path: Path) -> None:
    store = BookingStore(sqlite_url)
    keeps = sqlite3.connect(tmp_path / "state" / "lamoon.db")  # keeps the log file alive
    keeps.execute("SELECT count(*) FROM booking_requests").fetchone()
    request = request_of(name="Zebulon", wish="zzwish " * 20, health_words="zzhealth", conversation_id="zzconversation")
    store.submit(request)
    files = list((tmp_path / "state").iterdir())
    assert b"zzconversation" in b"".join(file.read_bytes() for file in files)
    store.forget("zzconversation")
    left = b"".join(file.read_bytes() for file in files if file.exists())
    for word in (b"Zebulon", b"zzwish", b"zzhealth", b"zzconversation", b"maria@example.com"):
        assert word not in left
    keeps.close()


def test_a_second_start_finds_the_tables(url: str, request_of: Build) -> None:
    reference = BookingStore(url).submit(request_of())
    assert BookingStore(url).get(reference) is not None


def test_errors_hold_no_words_of_a_visitor(store: BookingStore, url: str, request_of: Build) -> None:
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE booking_requests RENAME COLUMN wish TO wishes")
    engine.dispose()
    with pytest.raises(StoreError) as caught:
        store.submit(request_of(name="Zebulon"))
    assert "Zebulon" not in str(caught.value)
    assert "Tuesday" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None, "a log with the cause would show the database's own text"
    assert "Zebulon" not in str(caught.value.__context__)


def test_the_words_of_a_deleted_message_leave_the_requests_that_quote_them(
    store: BookingStore, request_of: Build
) -> None:
    """The person, the wish, the conditions and the hold stay: the studio has to answer the request."""
    words = "yes, a clot in my left calf after the flight"
    request = request_of(
        screening="details", health_words=words, conditions=(DisclosedCondition("blood_clot", "a clot"),)
    )
    reference = store.submit(request)
    Changes(store.database, store.notice_settings).record(reference, "added", "visitor", words=words)
    other = store.submit(request_of(screening="details", health_words=words))
    store.redact([request.conversation_id], Redaction(words))
    kept = store.get(reference)
    assert kept is not None
    assert (kept.request.health_words, kept.request.conditions[0].words) == (REDACTED, REDACTED)
    assert (kept.request.name, kept.request.wish, kept.request.hold) == (request.name, request.wish, True)
    assert [condition.id for condition in kept.request.conditions] == ["blood_clot"]
    with store.database.reading("look") as connection:
        told = [
            *connection.execute(select(outbox.c.words)).scalars(),
            *connection.execute(select(history.c.words)).scalars(),
        ]
    assert words not in told
    assert REDACTED in told
    untouched = store.get(other)
    assert untouched is not None
    assert untouched.request.health_words == words
