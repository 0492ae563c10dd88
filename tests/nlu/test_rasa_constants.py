"""Cached constants of Rasa have the values that Rasa recomputes in every turn."""

from __future__ import annotations

import copy

import pytest
from rasa.core.actions import action
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import ListSlot, Slot, TextSlot
from rasa.utils.endpoints import EndpointConfig

from lamoon.nlu.rasa_constants import keep_constants

RASAS_IS_EMPTY, RASAS_ACTIONS = Domain.is_empty, action.default_actions


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Domain, "is_empty", RASAS_IS_EMPTY)
    monkeypatch.setattr(action, "default_actions", RASAS_ACTIONS)
    monkeypatch.setattr(Slot, "__copy__", None, raising=False)
    keep_constants()


def test_an_empty_domain_is_empty_and_another_is_not() -> None:
    domain = Domain.from_dict({"intents": ["greet"]})
    for one in (domain, Domain.empty()):
        assert one.is_empty() is RASAS_IS_EMPTY(one)


def test_rasas_actions_are_made_once_for_an_endpoint() -> None:
    endpoint = EndpointConfig("http://127.0.0.1:5055/webhook")
    made = action.default_actions(endpoint)
    assert action.default_actions(endpoint) is made
    assert [type(one) for one in made] == [type(one) for one in RASAS_ACTIONS(endpoint)]


def test_another_endpoint_has_actions_of_its_own() -> None:
    one, other = (EndpointConfig(f"http://127.0.0.1:{port}/webhook") for port in (5055, 5056))
    assert action.default_actions(one) is not action.default_actions(other)


def test_a_copied_slot_has_the_same_and_keeps_it_when_the_original_changes() -> None:
    for slot in (TextSlot("name", mappings=[{}], initial_value="Ann"), ListSlot("open", mappings=[{}])):
        copied = copy.copy(slot)
        assert type(copied) is type(slot)
        assert vars(copied) == vars(slot)
        before = copied.value
        slot.value = ["changed"] if isinstance(slot, ListSlot) else "changed"
        assert copied.value == before
