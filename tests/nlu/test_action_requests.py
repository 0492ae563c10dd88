"""Rasa's request to the action server for each action."""

from __future__ import annotations

import json

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from lamoon.settings import PROJECT

CUSTOM = [name for name in Domain.load(str(PROJECT / "domain.yml")).user_actions if not name.startswith("utter_")]


@pytest.mark.parametrize("name", CUSTOM)
def test_the_domain_travels_with_form_validations_alone(name: str) -> None:
    domain = Domain.from_dict(Domain.load(str(PROJECT / "domain.yml")).as_dict())  # as a model keeps it
    endpoint = read_endpoint_config(str(PROJECT / "endpoints.yml"), "action_endpoint")
    tracker = DialogueStateTracker.from_events("visitor", [], slots=domain.slots)
    request = RemoteAction(name, endpoint)._action_call_format(tracker, domain)
    assert ("domain" in request) is name.startswith("validate_")
    assert "domain" in request or len(json.dumps(request)) < 2000
