"""Backups of a whole store: made while the assistant runs, restored on either engine, and all or nothing."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from lamoon.storage import schema
from lamoon.storage.database import Database, open_engine
from lamoon.storage.encryption import Cipher
from lamoon.storage.operations import DONE, FAILED, main
from lamoon.storage.sides import Place
from lamoon.storage.tables import metadata
from storage import test_migrations
from storage.whole_store import (
    ALL_TABLES,
    GIVEN,
    ROWS,
    WORDS,
    content,
    fill,
    ids_of_new_rows,
    in_use,
    killed,
    place,
    python,
)

pytestmark = pytest.mark.slow  # starts processes
# What is in the file, and whether it is whole, does not depend on the engine of the store that it came from.
of_one_engine = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
NEWEST = schema.revisions()[-1]
WRITING = """
import sys
from lamoon.storage import tracker_table
from lamoon.storage.database import Database
from lamoon.storage.tables import erasures
first, second = Database(sys.argv[1]), Database(sys.argv[2], tracker_table.metadata)
for number in range(100_000):
    with first.writing("add") as connection:
        connection.execute(erasures.insert().values(sender=str(number), bookings=False))
    with second.writing("add") as connection:
        connection.execute(tracker_table.events.insert().values(sender_id=str(number), type_name="x"))
    print(number, flush=True)
"""


class House:
    """Two empty stores, and the settings of each in turn."""

    def __init__(self, urls: dict[str, str], folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
        self._urls, self.folders, self._monkeypatch = urls, folders, monkeypatch

    def enter(self, side: str) -> Place:
        """Make the settings those of a side."""
        self._monkeypatch.setenv("LAMOON_DATA", str(self.folders[side]))
        self._monkeypatch.setenv("LAMOON_DATABASE_URL", self._urls[side])
        return place(self._urls[side], self.folders[side])


@pytest.fixture
def house(settings_of_test: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The first side on each engine in turn, filled; the second is an empty SQLite."""
    folders = {"old": settings_of_test, "new": tmp_path / "new"}
    folders["new"].mkdir()
    found = House({"old": url, "new": f"sqlite:///{folders['new'] / 'lamoon.db'}"}, folders, monkeypatch)
    fill(found.enter("old"))
    return found


@pytest.fixture
def kept(house: House, tmp_path: Path) -> Path:
    """A backup of the first side."""
    path = tmp_path / "kept.zip"
    assert main(["backup", str(path)]) == DONE
    return path


def test_a_backup_is_restored_into_sqlite(house: House, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(house.enter("old"))
    assert before.keys() == ALL_TABLES
    after = house.enter("new")
    assert main(["restore", str(kept)]) == DONE
    assert content(after) == before
    assert ids_of_new_rows(after)[0] == GIVEN + 1
    told = capsys.readouterr()
    assert WORDS[:10] not in told.out + told.err


def test_a_backup_is_restored_into_postgresql(
    house: House, kept: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.enter("old")
    expected = content(before)
    monkeypatch.setenv("LAMOON_DATABASE_URL", postgres_url)
    is_same = postgres_url == before.url  # the first side is PostgreSQL: into itself, in place of everything
    assert main(["restore", str(kept), *(["--replace"] if is_same else [])]) == DONE
    after = place(postgres_url, house.folders["old"])
    assert content(after) == expected
    assert ids_of_new_rows(after) == (GIVEN + 1, max(ROWS) + 1)


@of_one_engine
def test_the_file_is_for_its_owner_and_says_what_is_in_it(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.zip"
    assert main(["backup", str(kept)]) == DONE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with zipfile.ZipFile(kept) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    assert (manifest["revision"], manifest["has_keys"], {*manifest["tables"]}) == (NEWEST, False, ALL_TABLES)
    assert {table["rows"] for table in manifest["tables"].values()} == {len(ROWS)}
    assert "Keys are not in it" in capsys.readouterr().out
    assert not list(house.folders["old"].glob("*.part"))
    assert not list(kept.parent.glob(".*"))


@of_one_engine
def test_files_of_the_desk_come_along_and_keys_only_when_asked(house: House, tmp_path: Path) -> None:
    old, new = house.folders["old"], house.folders["new"]
    (old / "scenarios").mkdir(parents=True)
    (old / "scenarios" / "a.yml").write_text("good", encoding="utf-8")
    (old / "secret_key").write_text("k" * 64, encoding="ascii")
    assert main(["backup", str(tmp_path / "without.zip")]) == DONE
    assert main(["backup", str(tmp_path / "with.zip"), "--with-keys"]) == DONE
    house.enter("new")
    assert main(["restore", str(tmp_path / "without.zip")]) == DONE
    assert (new / "scenarios" / "a.yml").read_text(encoding="utf-8") == "good"
    assert not (new / "secret_key").exists()
    assert main(["restore", str(tmp_path / "with.zip"), "--replace"]) == DONE
    assert stat.S_IMODE((new / "secret_key").stat().st_mode) == 0o600
    (new / "scenarios" / "a.yml").write_text("newer", encoding="utf-8")
    assert main(["restore", str(tmp_path / "with.zip")]) == FAILED
    assert (new / "scenarios" / "a.yml").read_text(encoding="utf-8") == "newer"


@of_one_engine
def test_a_missing_key_is_named_after_a_restore(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cipher = Cipher(["an older key, which nobody has any more"])
    with closing(Database(house.enter("old").url)) as database, database.writing("seal") as connection:
        connection.execute(metadata.tables["health_forms"].update().values(content=cipher.seal("x", "y")))
    assert main(["backup", str(tmp_path / "sealed.zip")]) == DONE
    house.enter("new")
    assert main(["restore", str(tmp_path / "sealed.zip")]) == DONE
    assert re.search(f"The keys .*{cipher.current}.* are missing", capsys.readouterr().err)
    assert not (house.folders["new"] / "secret_key").exists()


@of_one_engine
@pytest.mark.parametrize("damage", ["a byte", "the end", "the manifest", "a table", "everything", "no file"])
def test_a_damaged_file_is_refused(house: House, kept: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = kept.read_bytes()
    if damage == "a byte":
        with zipfile.ZipFile(kept) as packed:
            at = packed.getinfo("tables/chat_messages.jsonl").header_offset + 120
        kept.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    elif damage in ("the manifest", "a table"):
        name, old, new = {
            "the manifest": ("manifest.json", b'"rows": 7', b'"rows": 6'),
            "a table": ("tables/chat_notes.jsonl", b"clot", b"knot"),
        }[damage]
        with zipfile.ZipFile(kept) as packed:
            members, comment = {each: packed.read(each) for each in packed.namelist()}, packed.comment
        assert old in members[name]
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
            for each, text in members.items():
                packed.writestr(each, text.replace(old, new) if each == name else text)
            packed.comment = comment
    elif damage == "no file":
        kept.unlink()
    else:
        kept.write_bytes(whole[:-100] if damage == "the end" else WORDS.encode())
    new = house.enter("new")
    assert main(["restore", str(kept)]) == FAILED
    problem = capsys.readouterr().err
    assert "is damaged or no backup" in problem or "cannot be read" in problem
    assert new.file
    assert not new.file.exists()


def test_a_store_with_rows_is_refused_unless_it_is_to_be_replaced(
    house: House, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = house.enter("old")
    expected = content(before)
    ids_of_new_rows(before)
    changed = content(before)
    assert main(["restore", str(kept)]) == FAILED
    assert "is not empty: booking_holds," in (problem := capsys.readouterr().err)
    assert "--replace" in problem
    assert content(before) == changed != expected
    assert main(["restore", str(kept), "--replace"]) == DONE
    assert content(before) == expected


def test_what_protects_the_tables_is_there_after_a_restore(house: House, kept: Path) -> None:
    where = house.enter("old")
    assert main(["restore", str(kept), "--replace"]) == DONE
    engine = open_engine(where.url)
    assert test_migrations.differences(engine) == []
    with pytest.raises(Exception, match="cannot be changed"), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE desk_audit SET staff = ''")
    engine.dispose()


def test_while_the_assistant_runs_a_backup_is_made_and_none_restored(
    house: House, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = house.enter("old")
    expected = content(before)
    with in_use(before.url):
        assert main(["backup", str(tmp_path / "second.zip")]) == DONE
        assert main(["restore", str(kept), "--replace"]) == FAILED
    assert "in use by running processes" in capsys.readouterr().err
    assert content(before) == expected


def test_a_backup_shows_one_moment_of_both_files(house: House, tmp_path: Path) -> None:
    """A process writes into one file and then into the other: the second never has what the first lacks."""
    where = house.enter("old")
    tracker = f"sqlite:///{where.conversations}" if where.file else where.url
    writer = python(WRITING, where.url, tracker)
    assert writer.stdout
    try:
        for n in range(3):
            writer.stdout.readline()
            path = tmp_path / f"{n}.zip"
            assert main(["backup", str(path)]) == DONE
            with zipfile.ZipFile(path) as packed:
                tables = json.loads(packed.read("manifest.json"))["tables"]
            assert tables["chat_erasures"]["rows"] - tables["events"]["rows"] in (0, 1)
    finally:
        writer.kill()
        writer.communicate()


def test_a_killed_backup_leaves_no_file_and_the_next_one_cleans_up(house: House, kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "second.zip"
    killed("SELECT chat_messages.", "backup", str(path))
    assert not path.exists()
    assert main(["backup", str(path)]) == DONE
    assert not list(tmp_path.glob(".*"))
    assert not list(house.folders["old"].glob("*.part"))
    assert path.stat().st_size == pytest.approx(kept.stat().st_size, abs=100)


@pytest.mark.parametrize("moment", ["DROP TABLE", "INSERT INTO chat_turns", "INSERT INTO tracker.events", "COMMIT"])
def test_a_killed_restore_leaves_everything_as_it_was(house: House, kept: Path, moment: str) -> None:
    before = house.enter("old")
    ids_of_new_rows(before)
    changed = content(before)
    killed(moment if before.file else moment.replace("tracker.", ""), "restore", str(kept), "--replace")
    assert content(before) == changed
    assert main(["restore", str(kept), "--replace"]) == DONE
    assert content(before) != changed


@of_one_engine
def test_an_existing_file_is_not_overwritten(house: House, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = kept.read_bytes()
    assert main(["backup", str(kept)]) == FAILED
    assert "exists: expected the name of a new file" in capsys.readouterr().err
    assert main(["backup", str(kept / "below")]) == FAILED
    assert kept.read_bytes() == before


@pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)
def test_an_older_revision_is_upgraded_and_a_newer_one_refused(
    url: str,
    settings_of_test: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LAMOON_DATABASE_URL", url)
    engine = open_engine(url)
    first = schema.revisions()[0]
    schema.upgrade(engine, first)
    tables = test_migrations.fill(engine)
    path = tmp_path / "first.zip"
    assert main(["backup", str(path)]) == DONE
    Database(url).close()
    expected = test_migrations.checksums(engine, test_migrations.kept(tables))
    engine.dispose()
    new = f"sqlite:///{tmp_path / 'new' / 'lamoon.db'}"
    for target, options in ((url, ["--replace"]), (new, [])):
        monkeypatch.setenv("LAMOON_DATABASE_URL", target)
        monkeypatch.setenv("LAMOON_DATA", str(settings_of_test if target == url else tmp_path / "new"))
        assert main(["restore", str(path), *options]) == DONE
        engine = open_engine(target)
        found = test_migrations.checksums(engine, test_migrations.kept(tables))
        assert {name: rows for name, (rows, _) in found.items()} == {name: rows for name, (rows, _) in expected.items()}
        if target == url:
            assert found == expected
        assert test_migrations.differences(engine) == []
        engine.dispose()
    before = content(place(new, tmp_path / "new"))
    monkeypatch.setattr(schema, "revisions", lambda: ["0000"])  # as a version has it that is older than the backup
    capsys.readouterr()
    assert main(["restore", str(path), "--replace"]) == FAILED
    assert f"is at revision {first} and was made by version" in capsys.readouterr().err
    assert content(place(new, tmp_path / "new")) == before
