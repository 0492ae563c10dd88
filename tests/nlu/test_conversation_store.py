"""Conversations in a real database: kept between starts, and gone when the visitor asks."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.nlu.conversation_store import FORGET_SLOT, ConversationStore

POSTGRES = os.environ.get("LAMOON_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
WORDS = "zanzibar-my-private-words"


@pytest.fixture
def sqlite_store(settings_of_test: Path, domain: Domain) -> ConversationStore:
    return ConversationStore(domain)


@pytest.fixture
def postgres_store(
    settings_of_test: Path, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ConversationStore]:
    """In a schema of its own, dropped afterwards. Skips where no PostgreSQL answers."""
    schema = f"lamoon_test_{uuid.uuid4().hex}"
    admin = sa.create_engine(POSTGRES, future=True, connect_args={"connect_timeout": 2})
    try:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL at LAMOON_TEST_POSTGRES_URL or 127.0.0.1:5432")
    monkeypatch.setenv("LAMOON_DATABASE_URL", POSTGRES)
    monkeypatch.setenv("POSTGRESQL_SCHEMA", schema)
    store = ConversationStore(domain)
    try:
        yield store
    finally:
        store.engine.dispose()
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> ConversationStore:
    """A fresh store of each kind."""
    made: ConversationStore = request.getfixturevalue(f"{request.param}_store")
    return made


async def talked(store: ConversationStore, domain: Domain, sender: str) -> DialogueStateTracker:
    """A saved conversation of one message."""
    tracker = DialogueStateTracker(sender, domain.slots)
    tracker.update(UserUttered(WORDS, {"name": "greet", "confidence": 1.0}), domain)
    tracker.update(SlotSet("booking_hold", True), domain)
    await store.save(tracker)
    return tracker


def words_of(tracker: DialogueStateTracker | None) -> list[str]:
    events = tracker.events if tracker else []
    return [event.text for event in events if isinstance(event, UserUttered)]


async def test_a_conversation_comes_back(store: ConversationStore, domain: Domain) -> None:
    await talked(store, domain, "ann")
    found = await store.retrieve("ann")
    assert words_of(found) == [WORDS]
    assert found is not None
    assert found.get_slot("booking_hold") is True


async def test_saving_again_adds_only_what_is_new(store: ConversationStore, domain: Domain) -> None:
    tracker = await talked(store, domain, "ann")
    await store.save(tracker)
    tracker.update(UserUttered("second", {"name": "greet", "confidence": 1.0}), domain)
    await store.save(tracker)
    assert words_of(await store.retrieve("ann")) == [WORDS, "second"]


async def test_who_asks_to_be_forgotten_is_forgotten(store: ConversationStore, domain: Domain) -> None:
    tracker = await talked(store, domain, "ann")
    await talked(store, domain, "ben")
    tracker.update(UserUttered("forget me", {"name": "forget_me", "confidence": 1.0}), domain)
    tracker.update(SlotSet(FORGET_SLOT, True), domain)
    await store.save(tracker)
    assert words_of(await store.retrieve("ann")) == []
    assert words_of(await store.retrieve("ben")) == [WORDS]
    assert list(await store.keys()) == ["ben"]


async def test_forgetting_somebody_unknown_is_no_failure(store: ConversationStore) -> None:
    store.forget("nobody")
    assert await store.retrieve("nobody") is None


async def test_after_forgetting_a_new_conversation_begins(store: ConversationStore, domain: Domain) -> None:
    await talked(store, domain, "ann")
    store.forget("ann")
    again = DialogueStateTracker("ann", domain.slots)
    again.update(UserUttered("hello again", {"name": "greet", "confidence": 1.0}), domain)
    await store.save(again)
    assert words_of(await store.retrieve("ann")) == ["hello again"]


async def test_it_lies_in_the_data_folder_that_only_the_owner_may_enter(
    sqlite_store: ConversationStore, domain: Domain, settings_of_test: Path
) -> None:
    await talked(sqlite_store, domain, "ann")
    assert (settings_of_test / "conversations.db").is_file()
    assert settings_of_test.stat().st_mode & 0o777 == 0o700


async def test_another_start_finds_it(sqlite_store: ConversationStore, domain: Domain) -> None:
    await talked(sqlite_store, domain, "ann")
    assert words_of(await ConversationStore(domain).retrieve("ann")) == [WORDS]


async def test_forgotten_words_are_in_no_file(
    sqlite_store: ConversationStore, domain: Domain, settings_of_test: Path
) -> None:
    for number in range(20):
        await talked(sqlite_store, domain, f"other-{number}")
    await talked(sqlite_store, domain, "ann-to-forget")
    sqlite_store.forget("ann-to-forget")
    left = b"".join(path.read_bytes() for path in settings_of_test.iterdir() if path.is_file())
    assert b"other-7" in left
    assert b"ann-to-forget" not in left


def test_writers_wait_for_each_other_and_deleted_rows_are_overwritten(sqlite_store: ConversationStore) -> None:
    with sqlite_store.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "busy_timeout": 15000, "secure_delete": 1}


def test_postgres_takes_the_address_of_the_settings(postgres_store: ConversationStore) -> None:
    assert postgres_store.engine.url.database == sa.engine.make_url(POSTGRES).database
    assert postgres_store.engine.dialect.name == "postgresql"


def test_options_of_the_address_are_kept(
    postgres_store: ConversationStore, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMOON_DATABASE_URL", f"{POSTGRES}?application_name=lamoon")
    store = ConversationStore(domain)
    try:
        assert dict(store.engine.url.query) == {"application_name": "lamoon"}
    finally:
        store.engine.dispose()
