"""The logs of Rasa, the action server and the worker at DEBUG, while everything goes wrong: no words of anybody."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from scenarios.servers import Servers, free_port, settings_of

PLANTED = "xyzzy"
WORDS = f"I have a blood clot in my {PLANTED}"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of their own: their failures would stand in other tests' logs."""
    folder = tmp_path_factory.mktemp("server_logs")
    variables = settings_of(folder, mail_port=free_port()) | {"LAMOON_LOG_LEVEL": "DEBUG", "LOG_LEVEL": "DEBUG"}
    running = Servers(variables, folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_no_failure_writes_what_a_visitor_wrote(servers: Servers) -> None:
    rest = f"{servers.rasa}/webhooks/rest"
    with httpx.Client(trust_env=False, timeout=30) as client:
        client.post(f"{rest}/webhook", json={"sender": "a", "message": WORDS}).raise_for_status()
        servers.kill_actions()
        client.post(f"{rest}/webhook", json={"sender": "a", "message": f"{WORDS} too"}).raise_for_status()
        servers.start_actions()
        calls = {
            f"{servers.actions}/webhook": [
                {"next_action": WORDS, "tracker": {}},
                {"next_action": "action_did_you_mean", "tracker": {"latest_message": {"text": WORDS}}},
            ],
            f"{servers.rasa}/model/parse": [{"text": 5, PLANTED: WORDS}],
            f"{servers.rasa}/conversations/a/tracker/events": [{"event": WORDS}],
            f"{servers.rasa}/conversations/a/execute": [{"name": WORDS}],
            f"{rest}/conversations/a/hold": [{"hold": WORDS}],
        }
        for address, bodies in calls.items():
            for body in bodies:
                assert client.post(address, json=body).is_error
            json = {"Content-Type": "application/json"}
            assert client.post(address, content=WORDS, headers=json).is_error
    for name, log in servers.logs().items():
        assert log, name
        assert PLANTED not in log, name
        assert "blood" not in log, name
    assert "rasa_sdk/" in servers.log("actions"), "failures are told by their place"
