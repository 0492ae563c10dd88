"""Texts that the desk changes: one truth for all gateways, with a history, and nothing overwritten unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lamoon.storage.database import Database
from lamoon.storage.documents import Document, DocumentError, Documents, version_of


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    found = Database(url)
    yield found
    found.close()


@pytest.fixture
def document(tmp_path: Path) -> Document:
    place = tmp_path / "studio.yml"
    place.write_text("one\n", encoding="utf-8")
    place.chmod(0o640)
    return Document("studio.yml", place)


def keep(documents: Documents, document: Document, text: str, seen: str = "") -> None:
    documents.keep(document, text, seen=seen or version_of(documents.text(document)), staff="Olivia", part="hours")


def test_a_change_is_the_text_and_is_taken_back(database: Database, document: Document) -> None:
    documents = Documents(database)
    assert documents.text(document) == "one\n"
    keep(documents, document, "two\n")
    keep(documents, document, "three\n")
    assert documents.text(document) == "three\n"
    latest, earlier = documents.history(document, 9)
    assert (latest.staff, latest.part) == ("Olivia", "hours")
    with pytest.raises(DocumentError, match="later change"):
        documents.take_back(document, earlier.number, "Sam")
    documents.take_back(document, latest.number, "Sam")
    assert documents.text(document) == "two\n"
    assert documents.history(document, 9)[0].staff == "Sam"


def test_only_a_file_of_one_gateway_is_written(database: Database, document: Document) -> None:
    keep(Documents(database), document, "two\n")
    written = document.file.read_text(encoding="utf-8")
    assert written == ("one\n" if database.dialect == "postgresql" else "two\n")
    assert document.file.stat().st_mode & 0o777 == 0o640


def test_another_machine_reads_the_same_where_gateways_share(postgres_url: str, document: Document) -> None:
    here, there = Database(postgres_url), Database(postgres_url)
    elsewhere = Document(document.name, document.file.with_name("another.yml"))
    keep(Documents(here), document, "two\n")
    assert Documents(there).text(elsewhere) == "two\n"
    assert Documents(there).newest(document.name) == 2
    for database in (here, there):
        database.close()


def test_of_two_changes_at_once_one_is_refused(database: Database, document: Document) -> None:
    documents = Documents(database)
    seen, gate = version_of("one\n"), threading.Barrier(2)
    refused: list[str] = []

    def change(text: str) -> None:
        gate.wait()
        try:
            keep(documents, document, text, seen)
        except DocumentError as problem:
            refused.append(str(problem))

    threads = [threading.Thread(target=change, args=(text,)) for text in ("two\n", "three\n")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "changed meanwhile" in refused[0]
    assert documents.text(document) in ("two\n", "three\n")


def test_a_change_with_an_editor_is_in_the_history_of_a_file(sqlite_url: str, document: Document) -> None:
    database = Database(sqlite_url)
    documents = Documents(database)
    keep(documents, document, "two\n")
    document.file.write_text("by hand\n", encoding="utf-8")
    keep(documents, document, "three\n")
    documents.take_back(document, documents.history(document, 1)[0].number, "Olivia")
    assert documents.text(document) == "by hand\n"
    database.close()


def test_a_file_moves_into_the_table_once_and_is_deleted_with_all_its_versions(
    database: Database, document: Document
) -> None:
    documents, test = Documents(database), Document("scenarios/hello", document.file)
    documents.adopt(test)
    assert documents.text(test) == "one\n"
    assert test.file.exists() is (database.dialect == "sqlite")
    assert documents.names("scenarios") == (["scenarios/hello"] if database.dialect == "postgresql" else ())
    assert documents.delete(test)
    assert (documents.text(test), documents.delete(test)) == ("", False)
