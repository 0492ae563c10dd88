"""The record of who did what: complete, readable, and nobody changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from storage.conftest import postgres_url as postgres_url
from storage.conftest import sqlite_url as sqlite_url
from storage.conftest import url as url

from desk.conftest import OWNER, STAFF, DeskOf
from lamoon.desk import routes
from lamoon.desk.accounts.accounts import Audit
from lamoon.desk.privacy import pages as personal_data_pages
from lamoon.errors import StoreError
from lamoon.storage.database import Database


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A fresh database of each kind, with an entry in its record."""
    found = Database(url)
    Audit(found).note("Ann", "inbox.take", "7")
    yield found
    found.close()


CHANGES = ["UPDATE desk_audit SET staff = 'Bob'", "DELETE FROM desk_audit", "DELETE FROM desk_audit WHERE id = 1"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_the_record(database: Database, change: str) -> None:
    with pytest.raises(StoreError), database.writing("cheat") as connection:
        connection.exec_driver_sql(change)
    assert [(entry.staff, entry.action) for entry in Audit(database).latest()] == [("Ann", "inbox.take")]


def test_an_opened_database_keeps_the_refusal(database: Database, url: str) -> None:
    again = Database(url)
    with pytest.raises(StoreError), again.writing("cheat") as connection:
        connection.exec_driver_sql(CHANGES[1])
    again.close()


def test_only_the_guards_own_page_reads_the_record(desk: DeskOf) -> None:
    """No route of the desk changes it: its only one answers to GET."""
    methods = [route.methods for route in routes.ROUTES if "record" in getattr(route, "path", "")]
    assert methods == [{"GET", "HEAD"}]
    assert desk.owner.post("/desk/data/record").status_code == 404


def test_the_newest_stands_first_and_older_ones_are_a_click_away(desk: DeskOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_data_pages, "MOST_ROWS", 3)
    for number in range(5):
        desk.front.desk.audit.note("Ann", "inbox.take", f"conversation-{number}")
    first = desk.owner.get("/desk/data/record").text
    assert [name in first for name in ("conversation-4", "conversation-2", "conversation-1")] == [True, True, False]
    assert first.index("conversation-4") < first.index("conversation-3")
    before = str(desk.front.desk.audit.latest(3)[-1].id)
    assert f"before={before}" in first
    older = desk.owner.get("/desk/data/record", before=before).text
    assert "conversation-1" in older
    assert "conversation-2" not in older


def test_the_record_can_be_read_by_person_and_by_action(desk: DeskOf) -> None:
    audit: Callable[..., None] = desk.front.desk.audit.note
    audit(STAFF, "inbox.take", "of-sam")
    audit(OWNER, "inbox.take", "of-olivia")
    audit(STAFF, "inbox.give_back", "back-by-sam", rows=3)
    by_person = desk.owner.get("/desk/data/record", staff=STAFF).text
    assert ("of-sam" in by_person, "of-olivia" in by_person) == (True, False)
    by_action = desk.owner.get("/desk/data/record", action="inbox.take", staff="").text
    assert ("of-olivia" in by_action, "back-by-sam" in by_action) == (True, False)
    assert "inbox: give back" in by_person
    assert "rows: 3" in by_person
    assert "There is nothing here" in desk.owner.get("/desk/data/record", staff="Nobody").text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, ""])
def test_a_strange_address_is_no_failure(desk: DeskOf, before: str) -> None:
    assert desk.owner.get("/desk/data/record", before=before).status_code == 200


def test_the_choices_are_everybody_and_everything_there_is(desk: DeskOf) -> None:
    audit = desk.front.desk.audit
    audit.note("Zoe", "learn.save")
    assert audit.people() == [OWNER, STAFF, "Zoe"]
    assert audit.actions() == ["learn.save", "sign_in"]
