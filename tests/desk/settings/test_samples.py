"""Sample conversations: seen in the inbox, counted and told nowhere, and gone with one click."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from desk.conftest import DeskOf
from lamoon.chat.retention import Retention
from lamoon.desk.inbox.pulse import read_pulse
from lamoon.desk.notifications.occasions import read_occasions
from lamoon.desk.settings.samples import SCENES
from lamoon.storage.tables import conversations, messages, outbox, requests, turns


@pytest.fixture
def with_samples(desk: DeskOf) -> DeskOf:
    """A desk with the samples."""
    assert desk.owner.post("/desk/start/samples", do="add").status_code == 303
    return desk


def rows(desk: DeskOf, table: object) -> int:
    with desk.front.parts.bookings.database.reading("count") as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_they_are_in_the_inbox_and_marked(with_samples: DeskOf) -> None:
    inbox = with_samples.staff.get("/desk/inbox").text
    for scene in SCENES:
        assert scene.name in inbox
    assert inbox.count("Sample ·") == len(SCENES)
    listed = with_samples.staff.get("/desk/inbox/requests").text
    assert "Cleo (sample)" in listed
    assert "3 made-up conversations" in with_samples.owner.get("/desk/start").text


def test_they_count_ring_and_mail_nowhere(with_samples: DeskOf) -> None:
    parts = with_samples.front.parts
    with parts.bookings.database.reading("look") as connection:
        assert read_occasions(connection, datetime.now(UTC) + timedelta(hours=1)) == []
    assert read_pulse(parts.bookings.database, 1).counts.inbox == 0
    assert read_pulse(parts.bookings.database, 1).counts.requests == 0
    with parts.bookings.database.reading("look") as connection:
        assert connection.execute(select(outbox.c.status).distinct()).scalars().all() == ["dropped"]
    for table in ("days", "topics", "bookings", "not-understood"):
        found = list(csv.reader(io.StringIO(with_samples.staff.get(f"/desk/figures/{table}.csv").text)))
        assert {cell for row in found[1:] for cell in row[1:]} <= {"", "0", "0.0"}, table
    assert "Nothing to look at" in with_samples.staff.get("/desk/review").text


def test_a_search_for_a_persons_data_finds_none(with_samples: DeskOf) -> None:
    found = with_samples.owner.post("/desk/data/find", wanted="cleo@sample.example").text
    assert "Cleo (sample)" not in found
    assert "blood clot" not in found


def test_one_click_removes_them_and_nothing_else(with_samples: DeskOf) -> None:
    visitor = with_samples.front.visitor()
    visitor.ask("hello")
    assert with_samples.owner.post("/desk/start/samples", do="remove").status_code == 303
    assert (rows(with_samples, conversations), rows(with_samples, requests), rows(with_samples, turns)) == (1, 0, 1)
    assert rows(with_samples, messages) == len(visitor.messages())
    assert "(sample)" not in with_samples.staff.get("/desk/inbox").text


def test_adding_twice_adds_once(with_samples: DeskOf) -> None:
    with_samples.owner.post("/desk/start/samples", do="add")
    assert rows(with_samples, conversations) == len(SCENES)


def test_only_an_owner_has_the_button(desk: DeskOf) -> None:
    assert desk.staff.post("/desk/start/samples", do="add").status_code == 403


def test_forgotten_samples_go_by_themselves(with_samples: DeskOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamoon.chat.retention.GRACE_SECONDS", 0.0)
    parts = with_samples.front.parts
    with parts.bookings.database.writing("age") as connection:
        long_ago = (datetime.now(UTC) - timedelta(days=400)).replace(tzinfo=None)
        connection.execute(update(conversations).values(active_at=long_ago))
        connection.execute(update(requests).values(created_at=long_ago, state="declined"))
    days = timedelta(days=30)
    Retention(parts.bookings.database, parts.store, days, days, UTC).apply()
    assert (rows(with_samples, conversations), rows(with_samples, requests)) == (0, 0)
