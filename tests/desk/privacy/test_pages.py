"""What is kept of a person: found together, handed out whole, erased without a trace, and gone by itself in time."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from web.fixtures import Front
from web.serving import until
from web.visitor import Visitor

from desk.conftest import OWNER, DeskOf, signed_in
from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.chat.retention import GRACE_SECONDS, Retention
from lamoon.desk.privacy.pages import TITLES
from lamoon.storage.tables import metadata, requests

EMAIL, PHONE = "maria@example.com", "+1 212-555-0188"


def leave(visitor: Visitor, contact: str, name: str = "Maria Lopez", text: str = "Please call me.") -> str:
    """Leaves a message for the team; its reference."""
    body = {"client_id": str(uuid.uuid4()), "name": name, "contact": contact, "text": text, "consent": True}
    answer = visitor.post("message-to-team", **body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["reference"])


@pytest.fixture
def marias(desk: DeskOf) -> tuple[Visitor, Visitor, str]:
    """Maria's two conversations and the reference of the first; somebody else wrote too."""
    first, second, other = (desk.front.visitor() for _ in range(3))
    first.ask("my neck hurts like a zebrafish")
    reference = leave(first, f"{EMAIL} or {PHONE}")
    leave(second, PHONE, "Maria L.")
    other.ask("hello")
    leave(other, "john@example.com", "John")
    return first, second, reference


def parts_of(page: str) -> list[str]:
    """The conversations on a page, ticked or hidden in a form."""
    return re.findall(r'name="part" value="([^"]+)"', page)


def find(desk: DeskOf, person: str) -> set[str]:
    """The conversations that are found."""
    answer = desk.owner.post("/desk/data/find", person=person)
    assert answer.status_code == 200, answer.text
    return set(parts_of(answer.text))


@pytest.mark.parametrize("typed", ["maria@example.com", " MARIA@Example.com", "(212) 555 0188", "+12125550188"])
def test_all_conversations_of_a_contact_are_found_together(
    desk: DeskOf, marias: tuple[Visitor, Visitor, str], typed: str
) -> None:
    first, second, _ = marias
    assert find(desk, typed) == {first.conversation, second.conversation}


def test_a_reference_finds_the_person_too(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    first, second, reference = marias
    assert find(desk, reference.lower().replace("-", " ")) == {first.conversation, second.conversation}


@pytest.mark.parametrize("written", ["its 212.555.0188 thx", "write to Maria@example.com please"])
def test_a_contact_that_was_only_written_is_found(desk: DeskOf, written: str) -> None:
    visitor = desk.front.visitor()
    visitor.ask(written)
    assert find(desk, EMAIL if "@" in written else PHONE) == {visitor.conversation}


def test_a_person_at_a_platform_is_found_by_the_number(desk: DeskOf) -> None:
    chat = desk.front.parts.store.open(channel="sms", address="+12125550188")
    assert find(desk, PHONE) == {chat.id}


def test_a_request_whose_conversation_has_gone_is_found_and_erased(
    desk: DeskOf, marias: tuple[Visitor, Visitor, str]
) -> None:
    first, second, _ = marias
    desk.front.parts.store.delete(first.conversation, bookings=False)
    assert find(desk, EMAIL) == {first.conversation, second.conversation}
    assert desk.owner.http.post("/desk/data/erase", data=chosen(desk, first.conversation)).status_code == 303
    assert find(desk, EMAIL) == set()


def test_nobody_is_found_by_what_nobody_gave(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    assert find(desk, "nobody@example.com") == set()
    assert find(desk, "_aria@example.com") == set()


@pytest.mark.parametrize("typed", ["", "Maria", "LM-1", "%", "maria@"])
def test_what_is_neither_reference_nor_contact_is_explained(desk: DeskOf, typed: str) -> None:
    answer = desk.owner.post("/desk/data/find", person=typed)
    assert answer.status_code == 422
    assert "booking reference such as" in answer.text


def chosen(desk: DeskOf, *parts: str) -> dict[str, str | list[str]]:
    """The fields of a form with these ticked."""
    return {"csrf": desk.owner.csrf, "part": list(parts)}


def test_the_file_has_everything_and_nothing_of_others(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    first, second, reference = marias
    answer = desk.owner.http.post("/desk/data/export", data=chosen(desk, first.conversation, second.conversation))
    assert answer.headers["content-disposition"].startswith("attachment")
    found = json.loads(answer.text)
    kept = found["kept"]
    assert {row["id"] for row in kept["chat_conversations"]} == {first.conversation, second.conversation}
    assert reference in {row["reference"] for row in kept["booking_requests"]}
    assert {row["status"] for row in kept["outbox"]} == {"queued"}
    assert [row["event"] for row in kept["booking_history"]] == ["sent", "sent"]
    assert "my neck hurts like a zebrafish" in {row["text"] for row in kept["chat_messages"]}
    assert len(kept["chat_turns"]) == 1
    assert found["assistant_remembers"][f"web-{first.conversation}-0"] == [
        {"event": "user", "text": "my neck hurts like a zebrafish"},
        {"event": "bot", "text": "re my neck hurts like a zebrafish"},
    ]
    assert "John" not in answer.text


def test_every_table_about_people_goes_with_them(front: Front) -> None:
    """What refers to a conversation, a message or a request is deleted with it, and is in the file."""
    about = {"chat_conversations", "chat_messages", "booking_requests"}
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in about:
                assert key.ondelete == "CASCADE", f"{table.name}.{key.parent.name}"
        named = {"conversation_id", "message_id", "request_id"} & set(table.columns.keys())
        if table.name != "booking_requests":
            assert all(table.c[name].foreign_keys for name in named), f"{table.name}: {named}"


def test_before_erasing_it_is_said_what_goes_and_nothing_is_done(
    desk: DeskOf, marias: tuple[Visitor, Visitor, str]
) -> None:
    first, _, reference = marias
    page = desk.owner.http.post("/desk/data/confirm", data=chosen(desk, first.conversation)).text
    assert "Maria Lopez" in page
    assert reference in page
    assert "Requests to the studio: 1" in page
    assert parts_of(page) == [first.conversation]
    assert first.get("messages").status_code == 200


def test_what_is_erased_is_gone_and_the_rest_is_not(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    first, second, _ = marias
    answer = desk.owner.http.post("/desk/data/erase", data=chosen(desk, first.conversation))
    assert answer.status_code == 303
    assert first.get("messages").json()["error"]["code"] == "conversation_deleted"
    assert f"web-{first.conversation}-0" in desk.front.rasa.forgotten
    assert second.get("messages").status_code == 200
    assert {stored.request.name for stored in desk.front.parts.bookings.list()} == {"Maria L.", "John"}


def test_erasing_twice_says_that_it_is_gone(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    first, _, _ = marias
    fields = chosen(desk, first.conversation)
    assert desk.owner.http.post("/desk/data/erase", data=fields).status_code == 303
    again = desk.owner.http.post("/desk/data/erase", data=fields)
    assert (again.status_code, "Nothing is left of this" in again.text) == (409, True)
    assert desk.owner.http.post("/desk/data/export", data=fields).status_code == 409


def test_nothing_ticked_does_nothing(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    for path in ("export", "confirm"):
        answer = desk.owner.post(f"/desk/data/{path}")
        assert (answer.status_code, "Nothing was ticked" in answer.text) == (409, True)
    assert len(desk.front.parts.bookings.list()) == 3


def test_the_record_of_an_erasure_names_nobody(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    find(desk, EMAIL)
    desk.owner.http.post("/desk/data/export", data=chosen(desk, marias[0].conversation))
    desk.owner.http.post("/desk/data/erase", data=chosen(desk, marias[0].conversation))
    entries = desk.front.desk.audit.latest()
    assert [entry.action for entry in entries[:3]] == ["data.erase", "data.export", "data.find"]
    assert {entry.staff for entry in entries[:3]} == {OWNER}
    assert not re.search("maria|zebrafish|0188|example", str(entries), re.IGNORECASE)


def test_without_rasa_the_rest_goes_at_once_and_its_part_later(lonely: Front) -> None:
    desk = DeskOf(lonely, signed_in(lonely, OWNER, "owner"), signed_in(lonely, "Sam", "staff"))
    visitor = lonely.visitor()
    leave(visitor, EMAIL)
    assert desk.owner.http.post("/desk/data/export", data=chosen(desk, visitor.conversation)).status_code == 503
    answer = desk.owner.http.post("/desk/data/erase", data=chosen(desk, visitor.conversation))
    assert "as soon as it runs again" in desk.owner.get(answer.headers["location"]).text
    assert find(desk, EMAIL) == set()
    assert lonely.parts.store.to_erase() == [(f"web-{visitor.conversation}-0", True)]


def test_no_trace_is_left_in_the_files(desk: DeskOf, marias: tuple[Visitor, Visitor, str]) -> None:
    first, second, _ = marias
    desk.owner.http.post("/desk/data/erase", data=chosen(desk, first.conversation, second.conversation))
    for path in sorted(desk.front.settings.data.iterdir()):
        assert not re.search(rb"Maria|zebrafish|555-?0188", path.read_bytes()), path.name


@pytest.fixture
def old(front: Front) -> BookingStore:
    """Requests of 400 days ago: one that reached the studio, one that nobody saw, one that the team has finished."""
    bookings = front.parts.bookings
    until(front.parts.retention.latest, "the gateway's own look of the day, which would take them")
    for name in ("Sent", "Unseen", "Finished", "Fresh"):
        then = datetime.now(UTC) - timedelta(days=1 if name == "Fresh" else 400)
        contact = Contact(email=f"{name.lower()}@example.com")
        bookings.submit(
            BookingRequest(uuid.uuid4().hex, "1", name, contact, "A neck session", consent=True, created_at=then)
        )
    with closing(sqlite3.connect(front.settings.data / "lamoon.db")) as connection, connection:
        connection.execute("UPDATE outbox SET status = 'sent' WHERE request_id IN (1, 4)")  # Sent and Fresh
    finished = next(stored.request for stored in bookings.list() if stored.request.name == "Finished")
    with bookings.database.writing("finish a request") as connection:
        connection.execute(requests.update().where(requests.c.reference == finished.reference).values(state="done"))
    return bookings


def names_in(bookings: BookingStore) -> set[str]:
    return {stored.request.name for stored in bookings.list()}


def test_requests_that_somebody_saw_go_after_a_year(front: Front, old: BookingStore) -> None:
    parts, running = front.parts, [0.0]
    rules = (parts.retention.idle, parts.retention.age, parts.studio.zone)
    retention = Retention(parts.bookings.database, parts.store, *rules, running=lambda: running[0])
    retention.apply()
    assert names_in(old) == {"Sent", "Unseen", "Finished", "Fresh"}, "not at the first look"
    running[0] += GRACE_SECONDS
    retention.apply()
    assert names_in(old) == {"Unseen", "Fresh"}
    assert sum(day.requests for day in retention.latest()) == 2
    with closing(sqlite3.connect(front.settings.data / "lamoon.db")) as connection, connection:
        connection.execute("UPDATE outbox SET status = 'sent'")
    retention.apply()
    assert names_in(old) == {"Unseen", "Fresh"}, "somebody has seen it just now"
    running[0] += GRACE_SECONDS
    retention.apply()
    assert names_in(old) == {"Fresh"}


def test_the_page_shows_what_went_by_itself(no_grace: None, desk: DeskOf, old: BookingStore) -> None:
    visitor = desk.front.visitor()
    with closing(sqlite3.connect(desk.front.settings.data / "lamoon.db")) as connection, connection:
        connection.execute("UPDATE chat_conversations SET active_at = '2020-01-01 00:00:00'")
    desk.front.parts.eraser.wake()
    until(lambda: visitor.get("messages").status_code == 401, "its end")
    until(lambda: sum(purge.conversations for purge in desk.front.parts.retention.latest()) == 1, "the note")
    page = desk.owner.get("/desk/data").text
    assert "request is deleted after" in page
    assert "<td>1</td>" in page


def test_every_table_has_a_name_for_people() -> None:
    """The page that confirms an erasure speaks of no table by its name in the database."""
    about = {"chat_conversations", "booking_requests"}
    for table in metadata.sorted_tables:
        if any(key.column.table.name in about for key in table.foreign_keys):
            about.add(table.name)
    assert about <= TITLES.keys()
