"""A person is erased from everything that the running assistant keeps: no row, no file, no log holds them any more."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from scenarios.assistant import Assistant
from web.serving import GatewayProcess, until
from web.visitor import Visitor

from desk.conftest import OWNER, PASSWORD, DeskVisitor
from lamoon.desk.accounts.accounts import Accounts
from lamoon.storage.database import Database
from lamoon.storage.keys import cipher_from

NAME, EMAIL, PHONE = "Xanthippe Ockenfels", "xanthippe.ockenfels@example.com", "(212) 555-0199"
HERS = re.compile(rb"xanthippe|ockenfels|555-?\s?0199|5550199|kaleidoscope|umbrella", re.IGNORECASE)


@pytest.fixture(scope="module")
def owner(running: Assistant, gateway_of_assistant: GatewayProcess) -> Iterator[DeskVisitor]:
    """The owner at the desk of the running assistant."""
    database = Database(running.servers.settings.database_url.reveal(), cipher=cipher_from(running.servers.settings))
    Accounts(database).add(OWNER, PASSWORD, "owner")
    database.close()
    visitor = DeskVisitor(gateway_of_assistant.url, OWNER)
    yield visitor
    visitor.http.close()


def book(visitor: Visitor) -> None:
    """A request, from the first word to its reference."""
    request = (NAME, EMAIL, "a neck session near the umbrella shop, thursday after 5", "No, none of these")
    for words in ("I'd like to book a session", *request, "yes, send it", "yes, send it"):
        visitor.ask(words)
        if "reference is LM-" in visitor.get("transcript").text:
            return
    pytest.fail(visitor.get("transcript").text)


def leave(visitor: Visitor) -> None:
    """A message to the team by telephone, and a word on an answer."""
    visitor.ask("does it hurt? my kaleidoscope of pains is odd")
    body = {"client_id": str(uuid.uuid4()), "name": NAME, "contact": f"{PHONE} or {EMAIL}", "text": "umbrella"}
    assert visitor.post("message-to-team", **body, consent=True).status_code == 202
    answer = next(message for message in visitor.messages() if message["from"] == "bot")
    assert visitor.post("feedback", message=answer["id"], value="down", word="kaleidoscope").status_code == 204


def rows_with_her(path: Path) -> list[str]:
    """The tables of a database in which she is."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
    return [name for name, found in rows.items() if HERS.search(str(found).encode())]


def files_with_her(data: Path) -> list[str]:
    """The files in which she is, whatever they are: write-ahead logs and free pages too."""
    return [path.name for path in sorted(data.rglob("*")) if path.is_file() and HERS.search(path.read_bytes())]


def test_nothing_of_her_is_left(assistant: Assistant, gateway_of_assistant: GatewayProcess, owner: DeskVisitor) -> None:
    booked, left, other = (Visitor(gateway_of_assistant.url) for _ in range(3))
    book(booked)
    leave(left)
    other.ask("What is fascia?")
    data = assistant.servers.settings.data
    assert {"chat_messages", "chat_turns"} <= set(rows_with_her(data / "lamoon.db"))
    assert rows_with_her(data / "conversations.db") == ["events"]
    assert {"lamoon.db", "conversations.db"} & {name.removesuffix("-wal") for name in files_with_her(data)}

    page = owner.post("/desk/data/find", person="212 555 0199").text
    parts = re.findall(r'name="part" value="([^"]+)"', page)
    assert set(parts) == {booked.conversation, left.conversation}
    fields: dict[str, str | list[str]] = {"csrf": owner.csrf, "part": parts}
    export = owner.http.post("/desk/data/export", data=fields).json()
    said = str(export["assistant_remembers"])
    assert NAME in said
    assert "kaleidoscope" in said
    assert len(export["kept"]["booking_requests"]) == 2

    answer = owner.http.post("/desk/data/erase", data=fields)
    assert "Everything was erased." in owner.get(answer.headers["location"]).text
    assert rows_with_her(data / "lamoon.db") == []
    assert rows_with_her(data / "conversations.db") == []
    until(lambda: not files_with_her(data), f"the files to be clean: {files_with_her(data)}")
    for name, log in (assistant.logs() | {"gateway": gateway_of_assistant.log()}).items():
        assert not HERS.search(log.encode()), name
    assert "fascia" in other.get("transcript").text
