"""The studio of processes that share a database: each follows what one of them changed, whatever is wrong with a text."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from storage.conftest import postgres_url  # noqa: F401  a fixture
from web.serving import until

from lamoon.errors import StoreError
from lamoon.project import PROJECT
from lamoon.settings import Settings, load_settings
from lamoon.storage.database import Database
from lamoon.storage.documents import Document, Documents, version_of
from lamoon.studio import Studio, live_studio, studio_now
from lamoon.studio import live as live_module
from lamoon.studio.live import NAME

FILE = (PROJECT / "studio.yml").read_text(encoding="utf-8")


@pytest.fixture
def machines(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:  # noqa: F811
    """The settings of two machines, each with a file of its own."""
    monkeypatch.setattr(live_module, "POLL_SECONDS", 0.05)
    found = []
    for name in ("a", "b"):
        place = tmp_path / name
        place.mkdir()
        (place / "studio.yml").write_text(FILE, encoding="utf-8")
        variables = {"LAMOON_STUDIO": str(place / "studio.yml"), "LAMOON_DATA": str(place)}
        found.append(load_settings(variables | {"LAMOON_DATABASE_URL": postgres_url}))
    return found


def change(settings: Settings, text: str) -> None:
    database = Database(settings.database_url.reveal())
    documents, document = Documents(database), Document(NAME, settings.studio)
    documents.keep(document, text, seen=version_of(documents.text(document)), staff="Olivia")
    database.close()


def named(name: str) -> str:
    return FILE.replace("name: La Moon Massage and Facial", f"name: {name}")


def follows(studio: Studio, name: str) -> None:
    until(lambda: studio.name == name, f"the name {name}")


def test_what_one_machine_changes_all_use_and_read_after_a_restart(machines: list[Settings]) -> None:
    here, there = (live_studio(one) for one in machines)
    assert (here.name, there.name) == ("La Moon Massage and Facial",) * 2
    change(machines[0], named("New"))
    follows(here, "New")
    follows(there, "New")
    assert studio_now(machines[1]).name == "New"


def test_a_broken_version_is_passed_over_and_named(machines: list[Settings], caplog: pytest.LogCaptureFixture) -> None:
    change(machines[0], named("Good"))
    running = live_studio(machines[0])
    change(machines[0], "name: [broken\n")
    with caplog.at_level(logging.ERROR, "lamoon.studio"):
        assert studio_now(machines[1]).name == "Good"
    assert "version 3 in the database" in caplog.text
    assert "take the latest change back under Settings" in caplog.text
    change(machines[0], named("Mended"))
    follows(running, "Mended")


def test_rows_that_are_gone_leave_the_file(machines: list[Settings]) -> None:
    change(machines[0], named("Shared"))
    running = live_studio(machines[1])
    assert running.name == "Shared"
    database = Database(machines[0].database_url.reveal())
    with database.writing("lose the rows") as connection:
        connection.execute(sql("DELETE FROM desk_documents"))
    database.close()
    follows(running, "La Moon Massage and Facial")


def test_a_change_that_cannot_be_read_at_once_is_read_later(
    machines: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is cut between the look for a change and the reading of it, at a start too."""
    running = live_studio(machines[0])
    change(machines[0], named("New"))
    texts, failed = Documents.texts, []

    def cut_twice(self: Documents, name: str) -> object:
        if len(failed) < 2:
            failed.append(name)
            raise StoreError("the connection was cut")
        return texts(self, name)

    monkeypatch.setattr(Documents, "texts", cut_twice)
    starting = live_studio(machines[1])
    follows(running, "New")
    follows(starting, "New")
    assert len(failed) == 2


def test_a_database_that_does_not_answer_leaves_the_file_and_says_so(
    machines: list[Settings], caplog: pytest.LogCaptureFixture
) -> None:
    away = load_settings(
        {
            "LAMOON_STUDIO": str(machines[0].studio),
            "LAMOON_DATA": str(machines[0].data),
            "LAMOON_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        }
    )
    with caplog.at_level(logging.WARNING, "lamoon.studio"):
        assert live_studio(away).name == "La Moon Massage and Facial"
    assert "is used until the database answers" in caplog.text
