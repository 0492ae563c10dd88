"""What was erased leaves the files of a PostgreSQL of the test's own: tables, indexes, TOAST, and the write-ahead log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import insert

from faults.planting import look
from faults.postgres import Cluster, programs
from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.chat.store import ChatStore
from lamoon.storage.__main__ import main
from lamoon.storage.database import Database
from lamoon.storage.tables import notes
from lamoon.storage.tracker_table import events
from lamoon.storage.tracker_table import metadata as tracker

WORD = "zarvkaleidoscope"
LONG = " ".join(f"{WORD} {number}" for number in range(20_000))
"""Longer than a page, even compressed: PostgreSQL keeps it in a TOAST table."""
BINARIES = programs()
pytestmark = pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL is installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that removes full segments of its log instead of using them again."""
    assert BINARIES
    with Cluster(BINARIES, "-c wal_recycle=off -c autovacuum=off -c log_statement=none") as running:
        yield running


def places(cluster: Cluster, word: str) -> set[str]:
    """Kinds of files that have the word: "log" for the write-ahead log, "table" for everything else."""
    found = set()
    for path in cluster.files():
        if any(look([word], [path])):
            found.add("log" if path.parent.name == "pg_wal" else "table")
    return found


def test_nothing_is_left_after_erasure_and_scrub(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMOON_DATABASE_URL", cluster.url)
    sealed = ""
    with closing(BookingStore(cluster.url)) as bookings, closing(Database(cluster.url, tracker)) as rasa:
        chat = ChatStore(bookings.database)
        conversation = chat.open()
        sender = conversation.sender()
        chat.receive(conversation.id, str(uuid.uuid4()), f"my {WORD} is sore", f"my {WORD} is sore")
        contact = Contact(f"{WORD}@example.com", "")
        reference = bookings.submit(BookingRequest(sender, "1", "Rose", contact, WORD, consent=True))
        with rasa.writing("plant") as connection:
            row = {"sender_id": sender, "type_name": "user", "timestamp": 1.0, "data": LONG}
            connection.execute(insert(events).values(row))
        with bookings.database.writing("plant") as connection:
            note = {"conversation_id": conversation.id, "staff": "A", "at": datetime(2030, 1, 1), "text": WORD}
            connection.execute(insert(notes).values(note))
            query = f"SELECT email FROM booking_requests WHERE reference = '{reference}'"
            sealed = str(connection.exec_driver_sql(query).scalar_one()).rpartition(":")[2]
        cluster.checkpoint()
        assert places(cluster, WORD) == places(cluster, sealed) == {"table", "log"}, "the search finds what is there"

        chat.delete(conversation.id, bookings=True)
        bookings.forget(sender)
        with rasa.writing("forget") as connection:
            connection.execute(events.delete().where(events.c.sender_id == sender))
    cluster.checkpoint()
    assert "table" in places(cluster, WORD), "PostgreSQL keeps deleted rows"
    assert main(["scrub"]) == 0
    assert capsys.readouterr().out == "done\n"
    assert places(cluster, WORD) == places(cluster, sealed) == set()
