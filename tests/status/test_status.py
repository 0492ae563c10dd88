"""`lamoon status` over real processes: all well, one stopped, all stopped, and settings that are broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from storage.conftest import postgres_url  # noqa: F401  a fixture
from web.fixtures import FAST
from web.serving import GatewayProcess, Serving

from lamoon.booking import BookingRequest, BookingStore
from lamoon.booking.contact import Contact
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from lamoon.status import outside
from lamoon.status.servers import gateway
from lamoon.status.storage import storage
from lamoon.storage.tables import outbox
from lamoon.storage.time import now, to_naive_utc
from lamoon.studio import load_studio

STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"


def status(variables: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Return what the command says."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    command = [sys.executable, "-m", "lamoon", "status", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=clean | variables, capture_output=True, text=True, check=False, timeout=60
    )


def states(variables: dict[str, str]) -> tuple[int, dict[str, str]]:
    """The exit code, and the state of each part."""
    done = status(variables, "--json")
    found = json.loads(done.stdout)
    assert found["status"] == ("wrong" if done.returncode else "ok")
    return done.returncode, {part["name"]: part["state"] for part in found["parts"]}


class Layout:
    """Everything that runs, and the settings that lead to it."""

    def __init__(self, folder: Path) -> None:
        self.mailbox = Mailbox(free_port())
        variables = settings_of(folder / "data", self.mailbox.port, STUDIO)
        self.servers = Servers(variables, folder)
        self.gateway = GatewayProcess(variables | FAST, folder / "gateway.log")
        self.variables = variables | {"LAMOON_GATEWAY_PORT": str(self.gateway.port)}


@pytest.fixture(scope="module")
def layout(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    running = Layout(tmp_path_factory.mktemp("status"))
    running.mailbox.open()
    try:
        running.servers.start()
        running.gateway.start()
        yield running
    finally:
        running.gateway.stop()
        running.servers.stop()
        running.mailbox.close()


def test_all_is_well(layout: Layout) -> None:
    code, found = states(layout.variables)
    off = {"broker", "calendar"}
    assert found == {
        name: "off" if name in off else "ok"
        for name in ("database", "outbox", "messages", "gateway", "rasa", "actions", "model", *off, "mail")
    }
    assert code == 0
    shown = status(layout.variables).stdout
    assert len(shown.splitlines()) == len(found)
    assert "sqlite" in shown
    assert "revision" in shown


def test_a_hung_server_is_wrong_and_does_not_hold_up_the_command(layout: Layout) -> None:
    layout.servers.hang("actions")
    try:
        code, found = states(layout.variables)
    finally:
        layout.servers.wake("actions")
    assert (code, found["actions"], found["rasa"]) == (1, "wrong", "ok")


def test_one_of_two_rasa_servers_is_wrong(layout: Layout) -> None:
    both = f"{layout.servers.rasa},http://127.0.0.1:{free_port()}"
    done = status(layout.variables | {"LAMOON_RASA_URL": both}, "--json")
    parts = [part["state"] for part in json.loads(done.stdout)["parts"] if part["name"] == "rasa"]
    assert (done.returncode, parts) == (1, ["ok", "wrong"])


def test_a_mail_server_that_is_away_is_wrong_and_none_is_a_choice(layout: Layout) -> None:
    assert states(layout.variables | {"LAMOON_SMTP_PORT": str(free_port())})[1]["mail"] == "wrong"
    without = {name: value for name, value in layout.variables.items() if "SMTP" not in name}
    code, found = states(without)
    assert (code, found["mail"]) == (0, "off")


@pytest.mark.parametrize("name", ["actions", "rasa"])
def test_a_stopped_server_is_wrong(layout: Layout, name: str) -> None:
    """The last of these servers: Rasa stays down, because it takes long to start."""
    layout.servers.kill(name)
    code, found = states(layout.variables)
    if name == "actions":
        layout.servers.start_again(name)
    assert code == 1
    assert [part for part, state in found.items() if state == "wrong"] == [name]


def test_nothing_was_started(tmp_path: Path) -> None:
    variables = settings_of(tmp_path / "data", free_port(), STUDIO) | {"LAMOON_GATEWAY_PORT": str(free_port())}
    code, found = states(variables)
    assert code == 1
    assert {name for name, state in found.items() if state == "wrong"} >= {"database", "gateway", "rasa", "actions"}
    assert not (tmp_path / "data").exists(), "looking makes nothing"


def test_broken_settings_are_told(tmp_path: Path) -> None:
    for variables in (
        {"LAMOON_RASA_PORT": "many"},
        {"LAMOON_STUDIO": str(tmp_path / "none.yml")},
        {"LAMOON_LOG_FORMAT": "xml"},
    ):
        done = status(variables)
        assert (done.returncode, done.stdout) == (2, "")
        assert next(iter(variables)).removeprefix("LAMOON_").lower() in done.stderr.lower()
    assert status({}, "--yaml").returncode == 2


def late_notice(url: str, **values: object) -> None:
    """A database with a request whose notice is late."""
    request = BookingRequest(
        conversation_id="web-1", run_id="1", name="Dana", contact=Contact(email="dana@example.com"), wish="neck",
        consent=True, screening="no",
    )  # fmt: skip
    with closing(BookingStore(url)) as store:
        store.submit(request)
        with store.database.writing("make it late") as connection:
            connection.execute(update(outbox).values(due_at=to_naive_utc(now() - timedelta(hours=1)), **values))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_late_outbox_is_wrong(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    late_notice(url)
    found = {part.name: part for part in storage(load_settings({"LAMOON_DATABASE_URL": url}))}
    assert found["database"].state == "ok"
    assert found["database"].details["revision"] == found["database"].details["newest"]
    assert found["outbox"].state == "wrong"
    assert "60 minutes late" in found["outbox"].text


def test_given_up_notices_are_wrong(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    late_notice(url, status="failed")
    found = {part.name: part for part in storage(load_settings({"LAMOON_DATABASE_URL": url}))}
    assert found["outbox"].state == "wrong"
    assert "lamoon requests retry" in found["outbox"].text


def test_a_database_of_another_revision_is_wrong_and_stays_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with closing(BookingStore(url)) as store, store.database.writing("age it") as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    settings = load_settings({"LAMOON_DATABASE_URL": url})
    assert [(part.name, part.state) for part in storage(settings)] == [("database", "wrong")]
    assert storage(settings)[0].details["revision"] == "0001"


def test_no_password_is_shown() -> None:
    url = "postgresql://user:secret-word@127.0.0.1:1/lamoon?sslpassword=secret-word"
    found: Any = storage(load_settings({"LAMOON_DATABASE_URL": url}))[0]
    assert found.state == "wrong"
    assert "127.0.0.1:1/lamoon" in found.text
    assert "secret-word" not in f"{found}"


def test_a_gateway_on_another_machine_is_no_fault() -> None:
    here = {"LAMOON_GATEWAY_PORT": str(free_port())}
    assert gateway(load_settings(here))[0].state == "wrong"
    assert gateway(load_settings(here | {"LAMOON_RASA_URL": "http://rasa-1:5005"}))[0].state == "off"


FEED = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nEND:VCALENDAR\r\n"


def test_the_calendar_is_read() -> None:
    studio = load_studio(STUDIO)
    with_feed = replace(studio, calendar=replace(studio.calendar, source="feed"))
    app = Starlette(routes=[Route("/a.ics", lambda request: PlainTextResponse(FEED, media_type="text/calendar"))])
    (off,) = outside.calendar(load_settings({}), studio)
    (missing,) = outside.calendar(load_settings({}), with_feed)
    assert (off.state, missing.state) == ("off", "wrong")
    assert "LAMOON_CALENDAR_FEED" in missing.text
    with Serving(app) as serving:
        address = f"{serving.url}/a.ics"
        (found,) = outside.calendar(load_settings({"LAMOON_CALENDAR_FEED": address}), with_feed)
        assert found.state == "ok", found.text
    (away,) = outside.calendar(load_settings({"LAMOON_CALENDAR_FEED": address}), with_feed)
    assert away.state == "wrong"
    assert "a.ics" not in f"{away}", "whoever has the address can read the calendar"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("action_endpoint: {url: x}", "off"),
        ("event_broker: {type: file, path: events.log}", "ok"),
        ("event_broker: {type: pika, url: 'amqp://user:secret-word@127.0.0.1', port: PORT}", "PORT"),
        ("event_broker: {type: kafka, url: '127.0.0.1:PORT'}", "PORT"),
    ],
)
def test_a_broker_is_connected_to(text: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "PROJECT", tmp_path)
    mailbox = Mailbox(free_port())  # anything that listens
    mailbox.open()
    try:
        for port, reached in ((mailbox.port, "ok"), (free_port(), "wrong")):
            (tmp_path / "endpoints.yml").write_text(text.replace("PORT", str(port)), encoding="utf-8")
            (found,) = outside.broker()
            assert found.state == (reached if state == "PORT" else state)
            assert "secret-word" not in f"{found}"
    finally:
        mailbox.close()
