"""The real processes with logs of JSON at DEBUG: one id is in all three logs, and nobody's words are in any of them.

Also while everything goes wrong; and nobody else may read what the processes keep.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenarios.servers import Servers, free_port, settings_of
from test_data_folder import CONVERSATIONS, DATABASE, open_to_others

from lamoon.request_id import HEADER
from web.fixtures import FAST
from web.serving import GatewayProcess, until
from web.visitor import Visitor

PLANTED = ("xyzzyknee", "quuxbury")
STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"


class Running:
    """A gateway process over a real Rasa and action server."""

    def __init__(self, servers: Servers, gateway: GatewayProcess) -> None:
        self.servers = servers
        self.gateway = gateway

    def logs(self) -> dict[str, str]:
        """What each process has written."""
        return {"gateway": self.gateway.log(), "rasa": self.servers.log("rasa"), "actions": self.servers.log("actions")}

    def lines(self, process: str) -> list[dict[str, Any]]:
        """The lines of a process; fails where one is no object."""
        return [json.loads(line) for line in self.logs()[process].splitlines()]

    def named(self, process: str, name: str) -> list[str]:
        """The events that a process has logged under an id."""
        return [line["event"] for line in self.lines(process) if line.get("request_id") == name]


@pytest.fixture(scope="module")
def running(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("one_id")
    variables = settings_of(folder / "data", free_port(), STUDIO)
    variables |= {"LAMOON_LOG_FORMAT": "json", "LAMOON_LOG_LEVEL": "DEBUG", "LOG_LEVEL": "DEBUG"}
    servers = Servers(variables, folder)
    gateway = GatewayProcess(variables | FAST, folder / "gateway.log")
    before = os.umask(0o022)  # the usual one, with which files are everybody's to read
    try:
        servers.start()
        gateway.start()
        os.umask(before)
        yield Running(servers, gateway)
    finally:
        os.umask(before)
        gateway.stop()
        servers.stop()


def send(visitor: Visitor, text: str, name: str) -> httpx.Response:
    """Sends a message with an id, and waits for the answer."""
    before = len(visitor.messages())
    visitor.headers[HEADER] = name
    answer = visitor.send(text)
    visitor.headers.pop(HEADER)
    until(lambda: len(visitor.messages()) > before + 1, "the answer")
    return answer


def test_one_id_is_in_all_three_logs_and_no_words_are(running: Running) -> None:
    visitor = Visitor(running.gateway.url)
    names = [uuid.uuid4().hex for _ in range(3)]
    texts = ["I'd like to book a massage, please", f"Dana {PLANTED[1]}", f"I had a blood clot in my {PLANTED[0]}"]
    for name, text in zip(names, texts, strict=True):
        assert send(visitor, text, name).headers[HEADER] == name
    for name in names:
        for process in ("gateway", "rasa", "actions"):
            until(lambda process=process, name=name: running.named(process, name), f"{name} in {process}", 5)  # type: ignore[misc]
        events = running.named("gateway", name)
        assert any("was received" in event for event in events)
        assert any("was answered in" in event for event in events)
        assert any("was handled in" in event for event in running.named("rasa", name))
    for process, log in running.logs().items():
        assert {line["process"] for line in running.lines(process)} == {process}
        assert not any(planted in log.lower() for planted in (*PLANTED, "blood")), process


def test_an_id_that_could_hold_words_is_replaced(running: Running) -> None:
    visitor = Visitor(running.gateway.url)
    answer = send(visitor, "does it hurt?", f"my-{PLANTED[0]}-hurts-a-lot")
    made = answer.headers[HEADER]
    assert len(made) == 32
    until(lambda: running.named("rasa", made), "the new id in Rasa's log", 5)
    assert not any(PLANTED[0] in log for log in running.logs().values())


def test_failures_are_logged_under_the_id_too(running: Running) -> None:
    visitor = Visitor(running.gateway.url)
    name = uuid.uuid4().hex
    running.servers.kill_actions()
    try:
        send(visitor, f"I'd like to book for {PLANTED[0]}", name)
    finally:
        running.servers.start_actions()
    levels = [line["level"] for line in running.lines("rasa") if line.get("request_id") == name]
    assert "ERROR" in levels
    assert not any(PLANTED[0] in log for log in running.logs().values())


def test_no_failure_writes_what_a_visitor_wrote(running: Running) -> None:
    servers, words = running.servers, f"I have a blood clot in my {PLANTED[0]}"
    rest = f"{servers.rasa}/webhooks/rest"
    with httpx.Client(trust_env=False, timeout=30) as client:
        client.post(f"{rest}/webhook", json={"sender": "a", "message": words}).raise_for_status()
        servers.kill_actions()
        client.post(f"{rest}/webhook", json={"sender": "a", "message": f"{words} too"}).raise_for_status()
        servers.start_actions()
        calls = {
            f"{servers.actions}/webhook": [
                {"next_action": words, "tracker": {}},
                {"next_action": "action_did_you_mean", "tracker": {"latest_message": {"text": words}}},
            ],
            f"{servers.rasa}/model/parse": [{"text": 5, PLANTED[0]: words}],
            f"{servers.rasa}/conversations/a/tracker/events": [{"event": words}],
            f"{servers.rasa}/conversations/a/execute": [{"name": words}],
            f"{rest}/conversations/a/hold": [{"hold": words}],
        }
        for address, bodies in calls.items():
            for body in bodies:
                assert client.post(address, json=body).is_error
            assert client.post(address, content=words, headers={"Content-Type": "application/json"}).is_error
    for name, log in servers.logs().items():
        assert log, name
        assert PLANTED[0] not in log, name
        assert "blood" not in log, name
    assert "rasa_sdk/" in servers.log("actions"), "failures are told by their place"


def test_all_together_leave_nothing_open(running: Running) -> None:
    """The last of these: all of them have kept something by now."""
    send(Visitor(running.gateway.url), "hi", uuid.uuid4().hex)
    data = running.servers.settings.data
    assert {"endpoints.yml", *DATABASE, *CONVERSATIONS} <= {path.name for path in data.iterdir()}
    assert open_to_others(data) == []
