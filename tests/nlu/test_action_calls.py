"""Calls of the action server: a check as strict as Rasa's own, which it replaces, and a connection that is kept."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from jsonschema import ValidationError
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from lamoon.nlu import action_calls
from lamoon.nlu.action_calls import ACTION_SECONDS, end_action_calls, prepare_action_calls

RASAS_OWN = RemoteAction._validate_action_result
SLOT = {"event": "slot", "timestamp": None, "name": "open_conditions", "value": ["blood_clot"]}
RIGHT: list[Any] = [
    {},
    {"events": [], "responses": [{"text": "Hello"}]},
    {"events": [SLOT, {"event": "slot", "name": "booking_hold", "value": True}], "responses": []},
]
WRONG: list[Any] = [
    None,
    [],
    {"events": [{"event": "slot", "value": "Maria Lopez"}]},
    {"events": {}},
    {"events": [], "responses": ["Hello"]},
]


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "DEFAULT_REQUEST_TIMEOUT", action.DEFAULT_REQUEST_TIMEOUT)
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RASAS_OWN)
    prepare_action_calls()


@pytest.mark.parametrize("answer", RIGHT)
def test_what_rasa_takes_is_taken(answer: Any) -> None:
    remote = RemoteAction("action_studio_facts", None)
    assert RASAS_OWN(remote, answer)
    assert remote._validate_action_result(answer)


@pytest.mark.parametrize("answer", WRONG)
def test_what_rasa_refuses_is_refused_without_quoting_it(answer: Any) -> None:
    remote = RemoteAction("action_studio_facts", None)
    with pytest.raises(ValidationError):
        RASAS_OWN(remote, answer)
    with pytest.raises(ValidationError) as refused:
        remote._validate_action_result(answer)
    assert "Maria" not in str(refused.value)


def test_the_schema_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    action_calls._validator.cache_clear()
    read: list[int] = []
    spec = RemoteAction.action_response_format_spec
    monkeypatch.setattr(RemoteAction, "action_response_format_spec", staticmethod(lambda: read.append(1) or spec()))
    for answer in RIGHT:
        RemoteAction("action_studio_facts", None)._validate_action_result(answer)
    assert read == [1]


def test_the_action_server_gets_less_time_than_rasa_gives() -> None:
    assert action.DEFAULT_REQUEST_TIMEOUT == ACTION_SECONDS


async def test_calls_share_a_connection_until_it_is_ended() -> None:
    ports: list[int] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.transport
        ports.append(request.transport.get_extra_info("peername")[1])
        return web.json_response({"events": [], "responses": []})

    app = web.Application()
    app.router.add_post("/webhook", answer)
    async with TestServer(app) as server:
        endpoint = EndpointConfig(str(server.make_url("/webhook")))
        for _ in range(3):
            assert await endpoint.request(json={}, timeout=5) == {"events": [], "responses": []}
        await end_action_calls(endpoint)
        await endpoint.request(json={}, timeout=5)
        await end_action_calls(endpoint)
    assert len(ports) == 4
    assert len(set(ports)) == 2
