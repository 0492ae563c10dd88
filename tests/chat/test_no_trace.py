"""What was erased is in no file of the data folder any more: databases, their logs and their free pages; SQLite only.

Each test plants a word of its own in the conversation, in Rasa's memory of it and in a request to the studio.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk.conftest import PASSWORD, DeskVisitor
from scenarios.assistant import Assistant
from sqlalchemy import select
from web.fixtures import FAST, settings_in
from web.serving import GatewayProcess, ScriptedRasa, until
from web.visitor import Visitor

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.health_form_store import HealthForms
from lamoon.desk.accounts.accounts import Accounts
from lamoon.settings import PROJECT
from lamoon.storage.keys import cipher_from, secret_key
from lamoon.storage.tables import health_forms


@pytest.fixture
def word() -> str:
    """A word that is nowhere else."""
    return f"plover{uuid.uuid4().hex[:12]}"


def files_with(folder: Path, word: str) -> list[str]:
    """The files of a folder in which the word can be read, whatever they are."""
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            content = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue
        if re.search(word.encode(), content, re.IGNORECASE):
            found.append(path.name)
    return found


def plant(visitor: Visitor, word: str, *, chat: bool = True, request: bool = True) -> None:
    """Says the word in the chat and in a request to the studio."""
    if chat:
        visitor.ask(f"does it hurt? my {word} is sore")
    if request:
        left = {"name": f"Maria {word}", "contact": "maria@example.com", "text": f"It is my {word}", "consent": True}
        assert visitor.post("message-to-team", client_id=str(uuid.uuid4()), **left).status_code == 202


def delete_by_button(visitor: Visitor, _: Assistant) -> None:
    assert visitor.delete(requests="withdraw").status_code == 204


def ask_in_words(visitor: Visitor, _: Assistant) -> None:
    visitor.ask("delete my data")
    visitor.ask("delete both")


def erase_at_the_desk(visitor: Visitor, assistant: Assistant) -> None:
    with closing(
        BookingStore(assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings))
    ) as store:
        Accounts(store.database).add("Olivia", PASSWORD, "owner")
    owner = DeskVisitor(str(visitor.http.base_url), "Olivia")
    answer = owner.http.post("/desk/data/erase", data={"csrf": owner.csrf, "part": [visitor.conversation]})
    assert answer.status_code == 303
    assert "soon" not in answer.headers["location"]


@pytest.mark.parametrize("erase", [delete_by_button, ask_in_words, erase_at_the_desk])
@pytest.mark.parametrize("request_too", [True, False])
def test_no_file_has_it_any_more(
    assistant: Assistant, talk: Visitor, word: str, erase: Callable[[Visitor, Assistant], None], request_too: bool
) -> None:
    data = assistant.servers.settings.data
    plant(talk, word, request=request_too)
    before = {name.removesuffix("-wal") for name in files_with(data, word)}
    assert before == {"lamoon.db", "conversations.db"}, "the search finds what is there"
    erase(talk, assistant)
    until(lambda: files_with(data, word) == [], f"its end in {files_with(data, word)}")


def fill_in_health_form(assistant: Assistant, visitor: Visitor, word: str) -> tuple[str, str]:
    """Says the word in every text of the health form of a request; the link's token, and what is stored, encrypted."""
    settings = assistant.servers.settings
    contact = Contact("maria@example.com", "")
    request = BookingRequest(f"web-{visitor.conversation}-0", "form", "Maria", contact, "an hour", consent=True)
    with closing(BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))) as store:
        forms = HealthForms(store.database, cipher_from(settings), secret_key(settings))
        token = forms.link(store.submit(request)).token
        texts = dict.fromkeys(("name", "health", "medicines", "allergies", "areas", "signature"), f"my {word} is sore")
        sent = visitor.http.post(f"/health-form/{token}", data=texts | {"age": "adult", "consent": "yes"})
        assert sent.status_code == 200, sent.text
        with store.database.reading("read what is stored") as connection:
            sealed: str = connection.execute(select(health_forms.c.content)).scalars().all()[-1]
    return token, sealed.rpartition(":")[2]


@pytest.mark.parametrize("erase", [delete_by_button, erase_at_the_desk])
def test_a_health_form_is_never_in_the_clear_and_goes_with_its_request(
    assistant: Assistant, talk: Visitor, word: str, erase: Callable[[Visitor, Assistant], None]
) -> None:
    data = assistant.servers.settings.data
    token, sealed = fill_in_health_form(assistant, talk, word)
    logs = data.parents[1]  # of all servers, beside the data
    assert {"rasa.log", "gateway.log"} <= {path.name for path in logs.rglob("*.log")}
    assert files_with(logs, word) == files_with(logs, re.escape(token)) == []
    assert {name.removesuffix("-wal") for name in files_with(data, re.escape(sealed))} == {"lamoon.db"}
    erase(talk, assistant)
    until(lambda: files_with(data, re.escape(sealed)) == [], "the end of what was encrypted")


@pytest.fixture
def gateway(behind: tuple[ScriptedRasa, int], tmp_path: Path) -> Iterator[GatewayProcess]:
    """A gateway process over a scripted Rasa, not started yet."""
    behind[0].reset()
    variables = {"LAMOON_DATA": str(tmp_path / "data"), "LAMOON_RASA_PORT": str(behind[1])}
    studio = {"LAMOON_STUDIO": str(Path(__file__).parents[1] / "scenarios" / "studio.yml")}
    process = GatewayProcess(variables | studio | FAST, tmp_path / "log")
    yield process
    process.stop()


DIES_BEFORE_CLEANING_UP = """
import os, signal, sys
from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.health_form_store import HealthForms
from lamoon.storage.database import Database
from lamoon.chat.store import ChatStore
Database.scrub = lambda self: os.kill(os.getpid(), signal.SIGKILL)
store = BookingStore(sys.argv[1])
if sys.argv[3] == "conversation":
    ChatStore(store.database).delete(sys.argv[2], bookings=True)
else:
    store.forget(f"web-{sys.argv[2]}-0")
"""


def sealed_wish(store: BookingStore) -> str:
    """A pattern for what the database has of a request's wish, which is encrypted."""
    with store.database.reading("read what is stored") as connection:
        sealed = connection.exec_driver_sql("SELECT wish FROM booking_requests").scalar_one()
    return re.escape(str(sealed).rpartition(":")[2])


@pytest.mark.parametrize("what", ["conversation", "requests"])
def test_after_a_crash_between_deleting_and_cleaning_up_the_next_start_cleans_up(
    gateway: GatewayProcess, behind: tuple[ScriptedRasa, int], tmp_path: Path, word: str, what: str
) -> None:
    data = tmp_path / "data"
    gateway.start()
    visitor = Visitor(gateway.url)
    plant(visitor, word, chat=what == "conversation")
    gateway.kill()
    settings = settings_in(data, behind[1])
    url = settings.database_url.reveal()
    words = [sys.executable, "-c", DIES_BEFORE_CLEANING_UP, url, visitor.conversation, what]
    with closing(BookingStore(url, cipher=cipher_from(settings))) as worker:  # another process, keeps the log open
        trace = word if what == "conversation" else sealed_wish(worker)
        env = os.environ | {"PYTHONPATH": str(PROJECT)}
        assert subprocess.run(words, env=env, check=False).returncode == -signal.SIGKILL
        assert "lamoon.db-wal" in files_with(data, trace)
        gateway.start()
        until(lambda: files_with(data, trace) == [], "a clean folder")


DELETES_AND_DIES = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA secure_delete = ON")
connection.execute("DELETE FROM events WHERE sender_id = ?", (sys.argv[2],))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_crash_of_rasa_between_deleting_and_cleaning_up_its_next_start_cleans_up(
    assistant: Assistant, word: str
) -> None:
    database = assistant.servers.settings.data / "conversations.db"
    sender = f"trace-{uuid.uuid4().hex}"
    body = {"sender": sender, "message": f"does it hurt? my {word} is sore"}
    assert assistant.http.post("/webhooks/rest/webhook", json=body).status_code == 200
    assistant.servers.kill_rasa()
    words = [sys.executable, "-c", DELETES_AND_DIES, str(database), sender]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert "conversations.db-wal" in files_with(database.parent, word)
    assistant.servers.start_rasa()
    assert files_with(database.parent, word) == []
