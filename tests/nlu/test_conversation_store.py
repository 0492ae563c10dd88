"""Conversations in a real database: kept between starts, and gone when the visitor asks."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import traceback
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from web.serving import until

from lamoon.contract import FORGET_CONVERSATION, HEALTH_RECORD, Disclosure, HealthRecord
from lamoon.errors import StoreError
from lamoon.nlu.conversation_api import forget_message
from lamoon.nlu.conversation_store import MOST_TURNS, ConversationStore, last_saved
from lamoon.storage.database import BUSY_SECONDS

POSTGRES = os.environ.get("LAMOON_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
WORDS = "zanzibar-my-private-words"


@pytest.fixture
def sqlite_store(settings_of_test: Path, domain: Domain) -> ConversationStore:
    return ConversationStore(domain)


@pytest.fixture
def postgres_store(
    settings_of_test: Path, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ConversationStore]:
    """A store in a temporary schema. Skips if no PostgreSQL answers."""
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
        store.database.close()
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> ConversationStore:
    """A fresh store of each kind."""
    made: ConversationStore = request.getfixturevalue(f"{request.param}_store")
    return made


async def talked(store: TrackerStore, domain: Domain, sender: str) -> DialogueStateTracker:
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
    tracker.update(SlotSet(FORGET_CONVERSATION, True), domain)
    await store.save(tracker)
    assert words_of(await store.retrieve("ann")) == []
    assert words_of(await store.retrieve("ben")) == [WORDS]
    assert list(await store.keys()) == ["ben"]


async def test_forgetting_somebody_unknown_is_no_failure(store: ConversationStore) -> None:
    await store.forget("nobody")
    assert await store.retrieve("nobody") is None


async def test_after_forgetting_a_new_conversation_begins(store: ConversationStore, domain: Domain) -> None:
    await talked(store, domain, "ann")
    await store.forget("ann")
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
    await sqlite_store.forget("ann-to-forget")
    left = b"".join(path.read_bytes() for path in settings_of_test.iterdir() if path.is_file())
    assert b"other-7" in left
    assert b"ann-to-forget" not in left


def test_commits_survive_a_power_cut_and_deleted_rows_are_overwritten(sqlite_store: ConversationStore) -> None:
    with sqlite_store.database.reading("look") as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": BUSY_SECONDS * 1000, "secure_delete": 1}


def test_postgres_takes_the_address_of_the_settings(postgres_store: ConversationStore) -> None:
    assert postgres_store.database.dialect == "postgresql"


async def test_a_store_made_by_rasas_own_table_goes_on(settings_of_test: Path, domain: Domain) -> None:
    settings_of_test.mkdir(mode=0o700)
    rasas_own = SQLTrackerStore(domain, db=str(settings_of_test / "conversations.db"))
    await talked(rasas_own, domain, "ann")
    rasas_own.engine.dispose()
    store = ConversationStore(domain)
    assert words_of(await store.retrieve("ann")) == [WORDS]
    await turn(store, domain, "ann", "second")
    assert words_of(await store.retrieve("ann")) == [WORDS, "second"]


@pytest.fixture
def locked(sqlite_store: ConversationStore, settings_of_test: Path) -> Iterator[None]:
    """Another program has the database for itself."""
    other = sqlite3.connect(settings_of_test / "conversations.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.close()


async def test_a_turn_that_cannot_be_kept_fails_without_the_words(
    sqlite_store: ConversationStore, domain: Domain, locked: None
) -> None:
    agent = Agent(domain=domain, tracker_store=sqlite_store)
    with pytest.raises(StoreError) as caught:
        await talked(agent.tracker_store, domain, "ann")
    assert WORDS not in "".join(traceback.format_exception(caught.value))


async def test_a_lock_that_one_conversation_waits_for_leaves_the_event_loop_free(
    sqlite_store: ConversationStore, domain: Domain, locked: None
) -> None:
    saving = asyncio.create_task(talked(sqlite_store, domain, "ann"))
    await asyncio.sleep(0.05)
    assert await sqlite_store.retrieve("ben") is None
    assert not saving.done()
    with pytest.raises(StoreError):
        await saving


async def test_a_conversation_that_cannot_be_read_is_never_taken_for_a_new_one(
    sqlite_store: ConversationStore, domain: Domain, settings_of_test: Path
) -> None:
    await talked(sqlite_store, domain, "ann")
    with sqlite_store.database.writing("break") as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME TO away")
    agent = Agent(domain=domain, tracker_store=sqlite_store)
    with pytest.raises(StoreError):
        await agent.tracker_store.get_or_create_tracker("ann")


async def test_connections_that_were_cut_are_made_again(postgres_store: ConversationStore, domain: Domain) -> None:
    await talked(postgres_store, domain, "ann")
    admin = sa.create_engine(POSTGRES, future=True)
    ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND pid IN (:pid)"
    with postgres_store.database.reading("name itself") as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    gone = sa.text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(ours), {"pid": pid})
        until(lambda: connection.execute(gone, {"pid": pid}).scalar(), "the server's process to end")
    admin.dispose()
    await turn(postgres_store, domain, "ann", "second")
    assert words_of(await postgres_store.retrieve("ann")) == [WORDS, "second"]


async def turn(store: ConversationStore, domain: Domain, sender: str, text: str) -> DialogueStateTracker:
    """Return what a server does with a message."""
    tracker = await store.get_or_create_tracker(sender)
    tracker.update(UserUttered(text, {"name": "greet", "confidence": 1.0}), domain)
    tracker.update(ActionExecuted("action_listen"), domain)
    await store.save(tracker)
    return tracker


async def whole(store: ConversationStore, sender: str) -> list[str]:
    return words_of(await store.retrieve_full_tracker(sender))


async def test_a_recent_conversation_is_kept_live(store: ConversationStore, domain: Domain) -> None:
    await turn(store, domain, "ann", "one")
    await turn(store, domain, "ann", "two")
    assert await store.retrieve("ann") is await store.retrieve("ann")


async def test_a_long_conversation_is_short_in_memory_and_whole_in_the_database(
    store: ConversationStore, domain: Domain
) -> None:
    told = [f"message {number}" for number in range(40)]
    for text in told:
        await turn(store, domain, "ann", text)
    assert len(words_of(await store.retrieve("ann"))) <= MOST_TURNS
    assert await whole(store, "ann") == told


async def test_what_another_server_writes_is_seen(store: ConversationStore, domain: Domain) -> None:
    other = ConversationStore(domain)
    for number in range(6):
        await turn(store if number % 2 else other, domain, "ann", f"message {number}")
    expected = [f"message {number}" for number in range(6)]
    assert words_of(await store.retrieve("ann")) == words_of(await other.retrieve("ann")) == expected
    assert await whole(store, "ann") == expected
    other.database.close()


async def test_what_another_server_forgets_is_gone(store: ConversationStore, domain: Domain) -> None:
    await turn(store, domain, "ann", "one")
    await turn(store, domain, "ann", "two")
    other = ConversationStore(domain)
    await other.forget("ann")
    assert await store.retrieve("ann") is None
    other.database.close()


async def test_the_remains_of_a_failed_turn_are_not_used(store: ConversationStore, domain: Domain) -> None:
    await turn(store, domain, "ann", "one")
    await turn(store, domain, "ann", "two")
    failed = await store.retrieve("ann")
    assert failed is not None
    failed.update(UserUttered("never saved", {"name": "greet", "confidence": 1.0}), domain)
    assert words_of(await store.retrieve("ann")) == ["one", "two"]


async def test_a_new_session_begins_with_itself(store: ConversationStore, domain: Domain) -> None:
    await turn(store, domain, "ann", "yesterday")
    await turn(store, domain, "ann", "still yesterday")
    tracker = await store.get_or_create_tracker("ann")
    tracker.update(SessionStarted(), domain)
    await store.save(tracker)
    await turn(store, domain, "ann", "today")
    assert words_of(await store.retrieve("ann")) == ["today"]
    assert await whole(store, "ann") == ["yesterday", "still yesterday", "today"]


async def test_more_conversations_than_are_kept_live_lose_nothing(
    store: ConversationStore, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lamoon.nlu.conversation_store.MOST_LIVE", 2)
    for number in range(12):
        for sender in ("ann", "ben", "cal", "dee"):
            await turn(store, domain, sender, f"{sender} {number}")
    for sender in ("ann", "dee"):
        assert await whole(store, sender) == [f"{sender} {number}" for number in range(12)]


async def test_a_conversation_that_loses_its_place_in_the_middle_of_a_turn_is_saved_once(
    store: ConversationStore, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lamoon.nlu.conversation_store.MOST_LIVE", 1)
    for number in range(MOST_TURNS + 2):
        await turn(store, domain, "ann", f"message {number}")
    tracker = await store.get_or_create_tracker("ann")
    await turn(store, domain, "ben", "meanwhile")
    tracker.update(UserUttered("last", {"name": "greet", "confidence": 1.0}), domain)
    await store.save(tracker)
    assert await whole(store, "ann") == [*(f"message {number}" for number in range(MOST_TURNS + 2)), "last"]


async def test_a_changed_model_brings_its_slots_into_conversations_that_are_live(
    sqlite_store: ConversationStore, domain: Domain
) -> None:
    store = sqlite_store
    for number in range(3):
        await turn(store, domain, "ann", f"message {number}")
    begun = await store.retrieve("ann")  # a turn that the old model began, and ends after the change
    assert begun is not None
    store.domain = domain.merge(Domain.from_dict({"slots": {"new": {"type": "any", "mappings": [{"type": "custom"}]}}}))
    begun.update(UserUttered("with the old one", {"name": "greet", "confidence": 1.0}), domain)
    await store.save(begun)
    found = await store.retrieve("ann")
    assert found is not None
    assert "new" in found.slots
    assert words_of(found) == [*(f"message {number}" for number in range(3)), "with the old one"]
    assert await store.retrieve("ann") is found, "and is live again"


async def test_time_passes_for_one_conversation_only(store: ConversationStore, domain: Domain) -> None:
    times = {}
    for sender in ("ann", "ben"):
        await talked(store, domain, sender)
        found = await store.retrieve(sender)
        assert found is not None
        times[sender] = [event.timestamp for event in found.events]
    assert await store.move_back("ann", 1800)
    for sender, seconds in (("ann", 1800), ("ben", 0)):
        found = await store.retrieve(sender)
        assert found is not None
        assert words_of(found) == [WORDS]
        assert [event.timestamp for event in found.events] == pytest.approx([at - seconds for at in times[sender]])


async def test_no_time_passes_where_nobody_wrote(store: ConversationStore) -> None:
    assert not await store.move_back("nobody", 1800)


async def test_a_message_can_be_taken_out_of_a_conversation(store: ConversationStore, domain: Domain) -> None:
    """Its words go, everywhere; what they led to stays."""
    sender = "telegram-0123456789abcdef0123456789abcdef-0"
    words = "a blood clot in my left calf"
    tracker = DialogueStateTracker(sender, domain.slots)
    safety = {"outcome": "warn", "conditions": [{"id": "blood_clot", "status": "affirmed", "text": "blood clot"}]}
    parsed = {"text": words, "safety": safety, "booking": {"notes": words}}
    record = HealthRecord(open=(Disclosure("blood_clot", "blood clot"),), warned=("blood_clot",))
    for event in (
        UserUttered("hello", {"name": "greet"}, metadata={"message_id": 1}),
        UserUttered(words, {"name": "report_condition"}, parse_data=parsed, metadata={"message_id": 2}),
        SlotSet(HEALTH_RECORD, record.to_slot()),
        SlotSet("booking_hold", True),
        BotUttered(f"You said: {words}."),
    ):
        tracker.update(event, domain)
    await store.save(tracker)
    agent = Agent(domain=domain)
    agent.tracker_store = store
    await forget_message(agent, sender, 2, words)
    kept = await store.retrieve(sender)
    assert words_of(kept) == ["hello", "[deleted]"]
    assert kept is not None
    assert "blood clot" not in str([event.as_dict() for event in kept.events])
    assert kept.get_slot("booking_hold")
    assert [one.id for one in HealthRecord.from_slot(kept.get_slot(HEALTH_RECORD)).open] == ["blood_clot"]
    said = [event for event in kept.events if isinstance(event, UserUttered)]
    assert said[1].parse_data["safety"]["outcome"] == "warn"


async def test_what_was_saved_last_is_at_hand_until_the_conversation_is_deleted(
    sqlite_store: ConversationStore, domain: Domain
) -> None:
    assert last_saved.get() is None
    saved = await turn(sqlite_store, domain, "ann", "one")
    assert last_saved.get() is saved
    saved.update(SlotSet(FORGET_CONVERSATION, True), domain)
    await sqlite_store.save(saved)
    assert last_saved.get() is None
