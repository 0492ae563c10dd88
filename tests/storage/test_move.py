"""A whole store moves from SQLite to PostgreSQL: everything or nothing."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from lamoon.cli import VERBS
from lamoon.storage import schema
from lamoon.storage.database import Database, open_engine
from lamoon.storage.operations import DONE, FAILED, WRONG, main
from lamoon.storage.sides import Place
from lamoon.storage.tables import metadata
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
)

pytestmark = pytest.mark.slow  # starts processes


@pytest.fixture
def source(settings_of_test: Path) -> Place:
    where = place(f"sqlite:///{settings_of_test / 'lamoon.db'}", settings_of_test)
    fill(where)
    return where


@pytest.fixture
def target(postgres_url: str, settings_of_test: Path) -> Place:
    return place(postgres_url, settings_of_test)


def tables_in(url: str) -> list[str]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = sa.inspect(connection).get_table_names()
    engine.dispose()
    return found


def test_every_row_of_every_table_arrives(source: Place, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(source)
    assert main(["migrate", "--to", target.url]) == DONE
    assert before == content(source) == content(target)
    assert before.keys() == ALL_TABLES
    assert {found.rows for found, _ in before.values()} == {len(ROWS)}
    told = capsys.readouterr()
    assert {line.split()[0] for line in told.out.splitlines() if line.endswith("the same")} == ALL_TABLES
    assert WORDS[:10] not in told.out + told.err


def test_the_values_are_those_that_the_assistant_reads(source: Place, target: Place) -> None:
    """Not only the same in our own words: JSON, its null, times and encrypted texts as the tables give them."""
    assert main(["migrate", "--to", target.url]) == DONE
    found = []
    for where in (source, target):
        with closing(Database(where.url)) as database, database.reading("look") as connection:
            tables = [table for table in metadata.sorted_tables if table.name != "leases"]
            rows = {t.name: {repr(row) for row in connection.execute(sa.select(t))} for t in tables}
            json_null = connection.exec_driver_sql("SELECT count(*) FROM chat_messages WHERE source IS NULL").scalar()
            found.append((rows, json_null))
    assert found[0] == found[1]


def test_ids_go_on_after_the_last_one_ever_given(source: Place, target: Place) -> None:
    assert main(["migrate", "--to", target.url]) == DONE
    assert ids_of_new_rows(target) == (GIVEN + 1, max(ROWS) + 1)


def test_an_empty_database_may_have_the_tables_already(source: Place, target: Place) -> None:
    with closing(Database(target.url)) as database, database.writing("leave a lease") as connection:
        lease = {"name": "left", "owner": "a process that was killed", "until": datetime(2030, 1, 1, tzinfo=UTC)}
        connection.execute(metadata.tables["leases"].insert().values(lease))
    assert main(["migrate", "--to", target.url]) == DONE
    assert content(source) == content(target)


def test_the_settings_name_the_target(source: Place, target: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMOON_DATABASE_URL", target.url)
    assert main(["migrate"]) == DONE
    assert content(source) == content(target)


def test_a_target_with_rows_is_refused(source: Place, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Database(target.url)) as database, database.writing("add") as connection:
        connection.execute(metadata.tables["chat_probes"].insert().values(filler=WORDS))
    before = content(target)
    assert main(["migrate", "--to", target.url]) == FAILED
    assert "is not empty: chat_probes have rows" in capsys.readouterr().err
    assert content(target) == before


def test_a_running_assistant_is_refused_on_either_side(
    source: Place, target: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with in_use(source.url):
        assert main(["migrate", "--to", target.url]) == FAILED
    assert "lamoon.db is in use by running processes" in capsys.readouterr().err
    with in_use(f"sqlite:///{source.conversations}"):
        assert main(["migrate", "--to", target.url]) == FAILED
    assert tables_in(target.url) == []
    with in_use(target.url):
        assert main(["migrate", "--to", target.url]) == FAILED
    assert "PostgreSQL database is in use" in capsys.readouterr().err
    assert main(["migrate", "--to", target.url]) == DONE


def test_another_revision_is_refused_on_either_side(
    source: Place, target: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    older, newest = schema.revisions()[-2:]
    engine = open_engine(target.url)
    schema.upgrade(engine, older)
    engine.dispose()
    assert main(["migrate", "--to", target.url]) == FAILED
    assert f"PostgreSQL database is at revision {older}: expected none or {newest}" in capsys.readouterr().err
    Database(target.url).close()
    engine = open_engine(source.url)
    schema.downgrade(engine, older)
    engine.dispose()
    assert main(["migrate", "--to", target.url]) == FAILED
    assert f"is at revision {older}: expected {newest}" in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["CREATE TABLE chat_messages", "INSERT INTO chat_turns", "ALTER SEQUENCE", "COMMIT"])
def test_killed_in_the_middle_it_leaves_both_sides_as_they_were(source: Place, target: Place, moment: str) -> None:
    before = content(source)
    killed(moment, "migrate", "--to", target.url)
    assert tables_in(target.url) == []
    assert main(["migrate", "--to", target.url]) == DONE
    assert before == content(source) == content(target)


def test_what_arrives_otherwise_is_found_and_not_kept(
    source: Place, target: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Database(target.url)) as database, database.writing("add a trigger") as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.text = lower(NEW.text); RETURN NEW; END $$; "
            "CREATE TRIGGER meddle BEFORE INSERT ON chat_notes FOR EACH ROW EXECUTE PROCEDURE meddle()"
        )
    assert main(["migrate", "--to", target.url]) == FAILED
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.out.splitlines() if "DIFFERENT" in line] == ["chat_notes"]
    assert "chat_notes did not arrive as sent" in told.err
    assert {found.rows for found, _ in content(target).values()} == {0}


@pytest.mark.parametrize("wrong", ["x" * 21, "x\0y"])
def test_a_row_that_postgresql_cannot_hold_is_named_by_its_table_alone(
    source: Place, target: Place, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Database(source.url)) as database, database.writing("change") as connection:
        connection.execute(sa.update(metadata.tables["booking_tries"]).values(reference=wrong))
    assert main(["migrate", "--to", target.url]) == FAILED
    problem = capsys.readouterr().err
    assert "a row of booking_tries does not fit" in problem
    assert wrong not in problem
    assert tables_in(target.url) == []


def test_no_database_to_move_and_none_to_move_to(
    settings_of_test: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == WRONG
    assert "no PostgreSQL database is named" in capsys.readouterr().err
    assert main(["migrate", "--to", "sqlite:///x.db"]) == WRONG
    assert main(["migrate", "--to", "postgresql://u:hush@127.0.0.1:1/x"]) == FAILED
    assert "there is no SQLite file" in capsys.readouterr().err
    Database(f"sqlite:///{settings_of_test / 'lamoon.db'}").close()
    assert main(["migrate", "--to", "postgresql://u:hush@127.0.0.1:1/x"]) == FAILED
    assert "hush" not in capsys.readouterr().err


def test_they_are_verbs() -> None:
    assert {VERBS[verb].arguments for verb in ("migrate", "backup", "restore")} == {
        ("migrate",),
        ("backup",),
        ("restore",),
    }
