"""Sealed fields: only the right key and the right row open them, and keys are rotated without losing anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from lamoon.booking import BookingRequest, BookingStore, Contact, DisclosedCondition, Invalid
from lamoon.booking.changes import Changes
from lamoon.desk.privacy.personal_data import asked_for, find_parts
from lamoon.errors import StoreError
from lamoon.project import PROJECT
from lamoon.storage.__main__ import main
from lamoon.storage.database import Database
from lamoon.storage.encryption import Cipher, EncryptionError, Sealed, key_of, place_of
from lamoon.storage.rotation import keys_in_use, rotate, sealed_columns
from lamoon.storage.tables import health_forms, requests

OLD, NEW, LOST = "o" * 32, "n" * 32, "l" * 32
CONTENT = health_forms.c.content
OF_REQUEST = 12
"""How many encrypted texts a request has, with its history and notices."""
ROSE = BookingRequest(
    "web-x-0", "1", "Rose Petal", Contact("Rose@Example.com", "+1 212-555-0155"), "an hour for my hip", consent=True,
    screening="details", health_words="a stent since May", conditions=(DisclosedCondition("stent", "my stent"),),
    retracted=(DisclosedCondition("blood_clot", "no clot"),), details={"companion": "my sister Ann"},
    reference="LM-44444",
)  # fmt: skip
PLAIN = ("Petal", "xample", "555-0155", "an hour", "stent", "blood", "sister", "details")
"""Parts of a request. Encrypted text is base64, in which any word of three or four letters turns up by chance."""


@settings(deadline=None)
@given(st.text(), st.text())
def test_what_is_sealed_can_be_opened_in_its_place(text: str, place: str) -> None:
    cipher = Cipher([OLD])
    assert cipher.open(cipher.seal(text, place), place) == text


@settings(deadline=None)
@given(st.text(st.characters(codec="ascii", categories=("L",)), min_size=8))
def test_sealed_text_never_holds_the_words(word: str) -> None:
    sealed = Cipher([OLD]).seal(f"{{'text': '{word}'}}", "place")
    assert word not in sealed


@settings(deadline=None)
@given(st.text(min_size=1), st.text(), st.text())
def test_another_place_does_not_open_it(text: str, place: str, other: str) -> None:
    cipher = Cipher([OLD])
    sealed = cipher.seal(text, place)
    if place != other:
        with pytest.raises(EncryptionError, match="belongs to another row"):
            cipher.open(sealed, other)


@settings(deadline=None)
@given(st.text(min_size=1), st.data())
def test_changed_text_is_not_opened(text: str, data: st.DataObject) -> None:
    sealed = Cipher([OLD]).seal(text, "place")
    at = data.draw(st.integers(0, len(sealed) - 1))
    sign = data.draw(st.characters(codec="ascii").filter(lambda sign: sign != sealed[at]))
    changed = sealed[:at] + sign + sealed[at + 1 :]
    with suppress(EncryptionError):
        assert Cipher([OLD]).open(changed, "place") == text, "base64 has bits that mean nothing"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    cipher = Cipher([OLD])
    assert cipher.seal("words", "place") != cipher.seal("words", "place")


def test_a_missing_key_is_named_and_the_names_give_no_key_away() -> None:
    sealed = Cipher([LOST]).seal("words", "place")
    with pytest.raises(EncryptionError, match="LAMOON_ENCRYPTION_KEYS") as caught:
        Cipher([NEW, OLD]).open(sealed, "place")
    assert caught.value.key == key_of(sealed) == Cipher([LOST]).current
    assert all(key not in str(caught.value) for key in (NEW, OLD, LOST))


@pytest.mark.parametrize("text", ["", "words", "lm1:", "lm2:00000000:AAAA", "lm1:a:b:c"])
def test_text_that_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(EncryptionError):
        Cipher([OLD]).open(text, "place")


def test_there_must_be_a_key() -> None:
    with pytest.raises(EncryptionError, match="at least one"):
        Cipher([])


def test_contact_and_health_are_sealed() -> None:
    assert {str(column) for column in sealed_columns()} == {
        *(f"booking_requests.{name}" for name in ("name", "email", "phone", "wish", "screening", "health_words")),
        *(f"booking_requests.{name}" for name in ("conditions", "retracted", "details")),
        *(f"chat_summaries.{name}" for name in ("name", "email", "phone")),
        *("booking_history.words", "outbox.words", "chat_notes.text", "health_forms.content"),
        "desk_second_factors.secret",
    }


def test_a_sealed_column_is_bound_to_its_own_place() -> None:
    for column in sealed_columns():
        if isinstance(column.type, Sealed):
            assert column.type.place == place_of(column, {}) == str(column)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with a request, for forms to belong to."""
    with closing(BookingStore(url, cipher=Cipher([NEW]))) as store:
        contact = Contact("rose@example.com", "")
        request = BookingRequest("web-x-0", "1", "Rose", contact, "an hour", consent=True, reference="LM-33333")
        store.submit(request)
        yield store.database


def put(database: Database, cipher: Cipher, numbers: range) -> None:
    """Forms with these numbers, sealed by a cipher."""
    with database.writing("put forms") as connection:
        for number in numbers:
            row = {"reference": "LM-33333", "number": number, "hold": False}
            content = cipher.seal(f"words {number}", place_of(CONTENT, row))
            connection.execute(insert(health_forms).values(**row, content=content, filled_at=datetime(2030, 1, 1)))


def opened(database: Database, cipher: Cipher) -> list[str]:
    """The texts of all forms."""
    with database.reading("read forms") as connection:
        rows = connection.execute(select(health_forms).order_by(health_forms.c.number)).mappings().all()
    return [cipher.open(row["content"], place_of(CONTENT, row)) for row in rows]


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_everything_is_encrypted_with_the_current_key(database: Database, batch: int) -> None:
    put(database, Cipher([OLD]), range(1, 8))
    put(database, Cipher([NEW]), range(8, 10))
    result = rotate(database, Cipher([NEW, OLD]), batch)
    assert (result.renewed, dict(result.unreadable)) == (7, {})
    assert opened(database, Cipher([NEW])) == [f"words {number}" for number in range(1, 10)]
    assert rotate(database, Cipher([NEW, OLD]), batch).renewed == 0


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_what_cannot_be_opened_is_left_and_counted(database: Database, batch: int) -> None:
    put(database, Cipher([LOST]), range(1, 4))
    put(database, Cipher([OLD]), range(4, 6))
    result = rotate(database, Cipher([NEW, OLD]), batch)
    assert result.renewed == 2
    assert list(result.unreadable.values()) == [3]
    assert opened(database, Cipher([NEW, LOST])) == [f"words {number}" for number in range(1, 6)]
    assert keys_in_use(database) == {Cipher([LOST]).current: 3, Cipher([NEW]).current: 2 + OF_REQUEST}


def test_a_row_copied_over_another_is_noticed(database: Database) -> None:
    put(database, Cipher([OLD]), range(1, 3))
    with database.writing("copy") as connection:
        first = connection.execute(select(CONTENT).where(health_forms.c.number == 1)).scalar()
        connection.execute(update(health_forms).where(health_forms.c.number == 2).values(content=first))
    with pytest.raises(EncryptionError):
        opened(database, Cipher([OLD]))


STOPS_AFTER = """
import os, signal, sys
from lamoon.storage import encryption, rotation
from lamoon.storage.database import Database
left = int(sys.argv[2])
class Dying(encryption.Cipher):
    def seal(self, text, bound_to):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().seal(text, bound_to)
rotation.rotate(Database(sys.argv[1]), Dying([sys.argv[3], sys.argv[4]]), 2)
"""


def test_a_rotation_that_was_killed_goes_on(sqlite_url: str) -> None:
    with closing(BookingStore(sqlite_url, cipher=Cipher([NEW]))) as store:
        contact = Contact("rose@example.com", "")
        store.submit(BookingRequest("x", "1", "Rose", contact, "an hour", consent=True, reference="LM-33333"))
        put(store.database, Cipher([OLD]), range(1, 8))
        words = [sys.executable, "-c", STOPS_AFTER, sqlite_url, "5", NEW, OLD]
        env = os.environ | {"PYTHONPATH": str(PROJECT)}
        assert subprocess.run(words, env=env, check=False).returncode == -signal.SIGKILL
        assert keys_in_use(store.database) == {Cipher([NEW]).current: 4 + OF_REQUEST, Cipher([OLD]).current: 3}
        assert rotate(store.database, Cipher([NEW, OLD]), 2).renewed == 3
        assert opened(store.database, Cipher([NEW])) == [f"words {number}" for number in range(1, 8)]


def test_the_commands_say_which_keys_are_in_use_and_rotate(
    settings_of_test: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{settings_of_test / 'lamoon.db'}"
    with closing(BookingStore(url, cipher=Cipher([NEW]))) as store:
        contact = Contact("rose@example.com", "")
        store.submit(BookingRequest("x", "1", "Rose", contact, "an hour", consent=True, reference="LM-33333"))
        put(store.database, Cipher([OLD]), range(1, 4))
    monkeypatch.setenv("LAMOON_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("LAMOON_ENCRYPTION_KEYS", NEW)
    assert main(["keys"]) == 1
    assert f"{Cipher([OLD]).current}  MISSING  3 encrypted" in capsys.readouterr().out
    assert main(["rotate-keys"]) == 1
    assert "3 left as they were" in capsys.readouterr().err
    monkeypatch.setenv("LAMOON_ENCRYPTION_KEYS", f"{NEW},{OLD}")
    assert main(["rotate-keys"]) == 0
    assert "3 encrypted again" in capsys.readouterr().out
    assert main(["keys"]) == 0
    shown = capsys.readouterr().out
    assert f"{Cipher([NEW]).current}  current  {3 + OF_REQUEST} encrypted" in shown
    assert OLD not in shown


def columns_of(store: BookingStore) -> str:
    """All that the database has of requests and of what goes with them, as the driver gives it."""
    with store.database.reading("look") as connection:
        tables = ("booking_requests", "booking_history", "outbox")
        return " ".join(str(connection.exec_driver_sql(f"SELECT * FROM {name}").all()) for name in tables)


def found(store: BookingStore, contact: str) -> set[str]:
    """References of the requests that the desk finds by a contact."""
    with store.database.reading("look") as connection:
        wanted = asked_for(contact, "US")
        assert not isinstance(wanted, Invalid)
        return {row.reference for part in find_parts(connection, wanted) for row in part.requests}


def test_a_request_is_unreadable_in_the_database_and_whole_for_its_readers(url: str) -> None:
    with closing(BookingStore(url, cipher=Cipher([OLD]))) as store:
        store.submit(ROSE)
        Changes(store.database).add("LM-44444", words="Rose says: a stent")
        shown = columns_of(store)
        assert [word for word in PLAIN if word.lower() in shown.lower().replace("channel_details", "")] == []
        stored = store.get("LM-44444")
        assert stored
        assert stored.request == ROSE
        assert Changes(store.database).history("LM-44444")[-1].words == "Rose says: a stent"


def test_a_person_is_found_by_contact_whatever_key_was_current(url: str) -> None:
    with closing(BookingStore(url, cipher=Cipher([OLD]))) as store:
        store.submit(ROSE)
    with closing(BookingStore(url, cipher=Cipher([NEW, OLD]))) as store:
        other = replace(
            ROSE, run_id="2", reference="LM-66666", conversation_id="web-y-0", contact=Contact("", "+1 212-555-0155")
        )
        store.submit(other)
        both = {"LM-44444", "LM-66666"}
        assert found(store, "rose@example.COM") == found(store, "(212) 555-0155") == both
        assert rotate(store.database, Cipher([NEW, OLD]), 1).renewed == OF_REQUEST
    with closing(BookingStore(url, cipher=Cipher([NEW]))) as store:
        assert found(store, "rose@example.com") == found(store, "(212) 555-0155") == both
        assert found(store, "else@example.com") == set()
        stored = store.get("LM-44444")
        assert stored
        assert stored.request == ROSE


def test_without_its_key_a_request_is_refused_with_the_keys_name(url: str) -> None:
    with closing(BookingStore(url, cipher=Cipher([OLD]))) as store:
        store.submit(ROSE)
    with closing(BookingStore(url, cipher=Cipher([NEW]))) as store:
        with pytest.raises(StoreError, match=f"the key {Cipher([OLD]).current} is missing"):
            store.get("LM-44444")
        assert store.forget("web-x-0") == 1


def test_a_sealed_column_cannot_be_compared_by_mistake() -> None:
    with pytest.raises(TypeError, match="search by its mark"):
        select(requests).where(requests.c.email == "rose@example.com")


def test_a_change_during_a_rotation_is_not_undone(postgres_url: str) -> None:
    """The rotation waits for the other writer, then encrypts what that one wrote."""
    with closing(BookingStore(postgres_url, cipher=Cipher([OLD]))) as store:
        store.submit(ROSE)
        cipher = Cipher([NEW, OLD])
        with ThreadPoolExecutor(1) as pool:
            with store.database.writing("change") as connection:
                connection.execute(update(requests).values(wish="another wish"))
                rotating = pool.submit(rotate, store.database, cipher)
                with pytest.raises(FutureTimeout):
                    rotating.result(0.3)
            rotating.result(10)
    with closing(BookingStore(postgres_url, cipher=Cipher([NEW]))) as store:
        stored = store.get("LM-44444")
        assert stored
        assert stored.request.wish == "another wish"
