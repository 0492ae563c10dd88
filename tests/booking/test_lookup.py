"""A reference with the contact that was given: found from anywhere, and no way to find out what exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.lookup import MOST_BY_CONVERSATION, MOST_FOR_REFERENCE, Lookup, TriesError
from lamoon.storage.tables import tries

RIGHT = Contact(email="maria@example.com")
WRONG = Contact(email="mario@example.com")


class Clock:
    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lookup(store: BookingStore, clock: Clock) -> Lookup:
    return Lookup(store.database, clock)


@pytest.fixture
def reference(store: BookingStore, request_of: Callable[..., BookingRequest]) -> str:
    return store.submit(request_of(contact=Contact("maria@example.com", "+1 415-555-0132")))


@pytest.mark.parametrize(
    "contact", [RIGHT, Contact(email="Maria@Example.com"), Contact(phone="+1 415-555-0132"), Contact("x@y.example", "+1 415-555-0132")]
)  # fmt: skip
def test_either_contact_is_enough(lookup: Lookup, reference: str, contact: Contact) -> None:
    assert lookup.matches("web-1", reference, contact)


@pytest.mark.parametrize("contact", [WRONG, Contact(phone="+1 415-555-0133"), Contact(email="+1 415-555-0132")])
def test_a_wrong_contact_and_no_such_reference_are_the_same(lookup: Lookup, reference: str, contact: Contact) -> None:
    assert lookup.matches("web-1", reference, contact) is lookup.matches("web-2", "LM-33333", contact) is False


def test_an_empty_contact_of_a_request_matches_nothing(
    store: BookingStore, lookup: Lookup, request_of: Callable[..., BookingRequest]
) -> None:
    reference = store.submit(request_of(contact=Contact(phone="+1 415-555-0132")))
    assert not lookup.matches("web-1", reference, Contact(phone="+1 415-555-0199"))


def test_both_take_the_same_statements(lookup: Lookup, reference: str) -> None:
    """The time class: as many statements of the same kind, whether or not there is a request."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        lookup.matches("web-1", reference, WRONG)
        wrong, seen[:] = list(seen), []
        lookup.matches("web-1", "LM-33333", WRONG)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert wrong == seen


def test_tries_of_one_conversation_are_limited_and_the_right_contact_is_refused_then_too(
    lookup: Lookup, reference: str, clock: Clock
) -> None:
    for _ in range(MOST_BY_CONVERSATION):
        assert not lookup.matches("web-1", reference, WRONG)
    with pytest.raises(TriesError):
        lookup.matches("web-1", reference, RIGHT)
    with pytest.raises(TriesError):
        lookup.matches("web-1", "LM-33333", RIGHT)
    assert lookup.matches("web-2", reference, RIGHT), "another conversation has its own tries"
    clock.time += timedelta(hours=1, seconds=1)
    assert lookup.matches("web-1", reference, RIGHT)


@pytest.mark.parametrize("exists", [True, False])
def test_tries_for_one_reference_are_limited_over_all_conversations(
    lookup: Lookup, reference: str, exists: bool
) -> None:
    wanted = reference if exists else "LM-33333"
    for number in range(MOST_FOR_REFERENCE):
        assert not lookup.matches(f"web-{number}", wanted, WRONG)
    with pytest.raises(TriesError):
        lookup.matches("web-99", wanted, RIGHT)


def test_tries_outlive_a_restart_and_are_forgotten_after_a_day(
    store: BookingStore, lookup: Lookup, reference: str, clock: Clock
) -> None:
    for _ in range(MOST_BY_CONVERSATION):
        lookup.matches("web-1", reference, WRONG)
    with pytest.raises(TriesError):
        Lookup(store.database, clock).matches("web-1", reference, RIGHT)
    clock.time += timedelta(days=1, seconds=1)
    assert lookup.matches("web-1", reference, RIGHT)
    with store.database.reading("count") as connection:
        assert connection.execute(select(func.count()).select_from(tries)).scalar() == 0


def test_a_try_names_no_conversation(store: BookingStore, lookup: Lookup, reference: str) -> None:
    lookup.matches("web-1", reference, WRONG)
    with store.database.reading("look") as connection:
        (row,) = connection.execute(select(tries)).all()
    assert "web-1" not in str(row)
