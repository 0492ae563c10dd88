"""Changes of stored requests: state, history and notices together, stale pages refused, repeats without effect."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from lamoon.booking import BookingRequest, BookingStore, DisclosedCondition
from lamoon.booking.appointment import Appointment
from lamoon.booking.changes import Changes, MissingError, StaleError
from lamoon.booking.life import EVENTS, NEEDS_TIME, HeldError, TransitionError
from lamoon.booking.notices import NoticeSettings
from lamoon.booking.outbox import Outbox
from lamoon.contract import ConversationName
from lamoon.errors import StoreError
from lamoon.storage.tables import outbox

Build = Callable[..., BookingRequest]
CLOT = DisclosedCondition("blood_clot", "I had a clot")
ALL = NoticeSettings(webhook=True, reminder=lambda: timedelta(hours=24))
CONVERSATION = str(ConversationName("web", "0" * 32, 0))


def at(days: float) -> Appointment:
    return Appointment((datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0), 60)


@pytest.fixture
def changes(store: BookingStore) -> Changes:
    store.notice_settings = ALL
    return Changes(store.database, ALL)


@pytest.fixture
def reference(store: BookingStore, changes: Changes, request_of: Build) -> str:
    return store.submit(request_of(conversation_id=CONVERSATION))


def told(store: BookingStore) -> list[tuple[str, str]]:
    """Return the subject and route of each notice in the outbox."""
    with store.database.reading("look") as connection:
        rows = connection.execute(select(outbox.c.about, outbox.c.route).order_by(outbox.c.id)).all()
    return [(row.about, row.route) for row in rows]


def test_a_new_request_has_a_history_and_all_its_notices(store: BookingStore, changes: Changes, reference: str) -> None:
    (first,) = changes.history(reference)
    assert (first.event, first.actor, first.was, first.became) == ("sent", "visitor", "", "requested")
    assert told(store) == [("request", "studio_email"), ("request", "webhook"), ("receipt", "client_email")]


def test_a_confirmed_one_tells_the_client_by_every_way_and_reminds(
    store: BookingStore, changes: Changes, reference: str
) -> None:
    agreed = at(3)
    done = changes.record(reference, "confirmed", "staff", staff="Sam", version=1, words="See you", appointment=agreed)
    assert (done.state, done.version) == ("confirmed", 2)
    stored = store.get(reference)
    assert stored
    assert (stored.state, stored.stage.appointment, stored.stage.sequence) == ("confirmed", agreed, 1)
    ways = ["client_email", "conversation"]
    assert told(store)[3:] == [("confirmed", way) for way in (*ways, "webhook")] + [("reminder", way) for way in ways]
    entry = changes.history(reference)[-1]
    assert (entry.staff, entry.was, entry.became, entry.words) == ("Sam", "requested", "confirmed", "See you")
    now = Outbox(store.database, ["conversation"])
    first = now.claim()
    assert first
    assert (first.about, first.words, first.stage.appointment) == ("confirmed", "See you", agreed)
    assert now.mark_sent(first)
    assert now.claim() is None, "reminders wait for their day"
    later = Outbox(store.database, ["conversation"], clock=lambda: datetime.now(UTC) + timedelta(days=2, seconds=5))
    reminder = later.claim()
    assert reminder
    assert (reminder.about, reminder.words) == ("reminder", "")


@pytest.mark.parametrize("event", ["change_asked", "withdrawn", "held"])
def test_a_reminder_of_what_is_no_longer_so_leaves_the_queue(
    store: BookingStore, changes: Changes, reference: str, event: str
) -> None:
    changes.record(reference, "confirmed", "staff", appointment=at(3))
    changes.record(reference, event, "visitor")  # type: ignore[arg-type]
    assert "reminder" not in {about for about, _ in told(store)}


def test_an_appointment_within_the_reminders_time_has_none(
    store: BookingStore, changes: Changes, reference: str
) -> None:
    changes.record(reference, "confirmed", "staff", appointment=at(0.5))
    assert "reminder" not in {about for about, _ in told(store)}


def test_a_stale_page_is_refused_and_changes_nothing(store: BookingStore, changes: Changes, reference: str) -> None:
    changes.record(reference, "seen", "staff", staff="Sam", version=1)
    before = told(store)
    with pytest.raises(StaleError, match="changed meanwhile"):
        changes.record(reference, "declined", "staff", staff="Olivia", version=1)
    assert (told(store), len(changes.history(reference))) == (before, 2)


def test_of_many_at_once_one_wins(store: BookingStore, changes: Changes, reference: str) -> None:
    def decide(number: int) -> bool:
        try:
            changes.record(reference, "confirmed", "staff", staff=f"S{number}", version=1, appointment=at(number + 2))
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(decide, range(6))) == 1
    assert len(changes.history(reference)) == 2


def test_health_told_later_holds_a_confirmed_one_and_only_staff_lift_it(
    store: BookingStore, changes: Changes, reference: str
) -> None:
    changes.record(reference, "confirmed", "staff", appointment=at(3))
    assert changes.add(reference, [CLOT], "I had a clot").state == "held"
    stored = store.get(reference)
    assert stored
    assert (stored.request.hold, stored.request.conditions) == (True, (CLOT,))
    with pytest.raises(HeldError):
        changes.record(reference, "confirmed", "staff", appointment=at(4))
    changes.record(reference, "lifted", "staff", staff="Sam", words="her doctor agrees")
    assert changes.record(reference, "confirmed", "staff", appointment=at(4)).state == "confirmed"


def test_doing_the_same_again_changes_nothing(store: BookingStore, changes: Changes, reference: str) -> None:
    assert changes.add(reference, (), "also my neck").is_new
    before = told(store)
    assert not changes.add(reference, (), "also my neck").is_new
    assert not changes.record(reference, "added", "visitor", words="also my neck").is_new
    assert told(store) == before


def test_an_addition_after_the_end_is_kept_and_told(store: BookingStore, changes: Changes, reference: str) -> None:
    changes.record(reference, "declined", "staff", words="Sorry")
    assert changes.add(reference, [CLOT], "by the way").state == "declined"
    assert told(store)[-2:] == [("added", "studio_email"), ("added", "webhook")]


def test_the_calendar_files_number_grows_with_every_one(store: BookingStore, changes: Changes, reference: str) -> None:
    numbers = []
    for event, appointment in (("confirmed", at(3)), ("changed", at(4)), ("cancelled", None)):
        changes.record(reference, event, "staff", appointment=appointment)  # type: ignore[arg-type]
        stored = store.get(reference)
        assert stored
        numbers.append(stored.stage.sequence)
    assert numbers == [1, 2, 3]


@pytest.mark.parametrize(("event", "appointment"), [("confirmed", None), ("seen", at(1))])
def test_a_time_belongs_to_what_agrees_on_one(
    changes: Changes, reference: str, event: Any, appointment: Appointment | None
) -> None:
    with pytest.raises(TransitionError, match="appointment"):
        changes.record(reference, event, "staff", appointment=appointment)


def test_a_request_that_is_gone(changes: Changes) -> None:
    with pytest.raises(MissingError):
        changes.record("LM-00000", "seen", "staff")
    assert changes.history("LM-00000") == []


def test_all_or_nothing(store: BookingStore, changes: Changes, url: str, reference: str) -> None:
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox RENAME TO gone")
    with pytest.raises(StoreError):
        changes.record(reference, "declined", "staff", words="Sorry")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO outbox")
    engine.dispose()
    stored = store.get(reference)
    assert stored
    assert (stored.state, stored.version, len(changes.history(reference))) == ("requested", 1, 1)


def test_forgetting_takes_the_history_along(store: BookingStore, changes: Changes, reference: str) -> None:
    changes.add(reference, (), "zebra words")
    store.forget(CONVERSATION)
    assert changes.history(reference) == []
    assert told(store) == []


STEPS = st.lists(
    st.tuples(st.sampled_from([event for event in EVENTS if event != "sent"]), st.sampled_from(["visitor", "staff"])),
    max_size=12,
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.booleans(), steps=STEPS)
def test_no_way_in_the_database_confirms_a_held_one(
    sqlite_url: str, request_of: Build, held: bool, steps: list[tuple[Any, Any]]
) -> None:
    store = BookingStore(sqlite_url)
    changes = Changes(store.database)
    reference = store.submit(request_of(screening="yes" if held else "no"))
    for event, actor in steps:
        try:
            changes.record(reference, event, actor, words="words", appointment=at(3) if event in NEEDS_TIME else None)
        except TransitionError:
            continue
    waits = False
    for entry in changes.history(reference):
        assert not (waits and entry.became == "confirmed")
        waits = entry.became == "held" or (waits and entry.event != "lifted" and entry.became == "held")
    store.close()
