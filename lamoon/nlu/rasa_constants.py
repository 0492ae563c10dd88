"""Caches of values that Rasa recomputes in every turn although they never change. Rasa has no setting for any of
them.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from rasa.core.actions import action
from rasa.core.actions.action import Action
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import Slot
from rasa.utils.endpoints import EndpointConfig

AnySlot = TypeVar("AnySlot", bound=Slot)


def keep_constants() -> None:
    """Install the caches in this process."""
    Domain.is_empty = _is_empty
    action.default_actions = _default_actions
    Slot.__copy__ = _copied


def _is_empty(domain: Domain) -> bool:
    """Return whether a domain is empty, which Rasa checks for each message by creating an empty domain to compare
    with.
    """
    return bool(domain.as_dict() == _empty())


@cache
def _empty() -> dict[str, Any]:
    empty: dict[str, Any] = Domain.empty().as_dict()
    return empty


_make_default_actions = action.default_actions
_made: list[tuple[EndpointConfig | None, list[Action]]] = []


def _default_actions(action_endpoint: EndpointConfig | None = None) -> list[Action]:
    """Return Rasa's own actions, which are stateless. A process has one action endpoint."""
    for endpoint, actions in _made:
        if endpoint is action_endpoint:
            return actions
    _made[:] = [(action_endpoint, _make_default_actions(action_endpoint))]
    return _made[0][1]


def _copied(slot: AnySlot) -> AnySlot:
    """Return the result of `copy.copy` for a slot without its lookups: each action gets a copy of all slots."""
    made = slot.__class__.__new__(slot.__class__)
    made.__dict__.update(slot.__dict__)
    return made
