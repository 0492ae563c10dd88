"""The check of what the action server answers: as strict as Rasa's own, which it replaces."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction

from lamoon.nlu import action_calls
from lamoon.nlu.action_calls import ACTION_SECONDS, prepare_action_calls

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
