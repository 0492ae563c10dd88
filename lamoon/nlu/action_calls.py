"""Calls of the action server: how long one may take, the request's id, a connection that is kept, and a check of its
answers that costs little.

Rasa validates every answer against a JSON schema, and validates that schema, which never changes, each time as well:
13 ms of processor time, more than all else that a turn needs. It opens a connection for every call. It has no place to
configure any of it, so the methods are replaced.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any, Final

import aiohttp
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from lamoon import request_id, tracing

ACTION_SECONDS: Final = 10
"""Timeout of an action, so that a hung action server does not withhold a warning: its response is sent instead.

Two such waits, for a warning and a form, end before the gateway gives up on a turn (LAMOON_ANSWER_SECONDS).
"""
KEPT_SECONDS: Final = 2.0
"""How long an unused connection is kept: less than the 5 seconds after which the action server closes it."""
SESSION: Final = "lamoon_session"  # attribute of an endpoint


def prepare_action_calls() -> None:
    """Sets timeout, check, id and connections for this process."""
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS
    RemoteAction._validate_action_result = _validated
    EndpointConfig.request = _request
    EndpointConfig.session = lambda endpoint: _Session(endpoint)


async def end_action_calls(endpoint: EndpointConfig | None) -> None:
    """Closes the connections of an endpoint."""
    _, kept = vars(endpoint).pop(SESSION, (None, None)) if endpoint else (None, None)
    if kept:
        await kept.close()


class _Session:
    """Takes the place of a session for one request; the endpoint keeps one for all requests of its event loop."""

    def __init__(self, endpoint: EndpointConfig) -> None:
        self._endpoint = endpoint

    async def __aenter__(self) -> Any:
        here = asyncio.get_running_loop()
        loop, kept = vars(self._endpoint).get(SESSION, (None, None))
        if loop is not here:
            own = self._endpoint.basic_auth
            kept = aiohttp.ClientSession(
                headers=self._endpoint.headers,
                auth=aiohttp.BasicAuth(own["username"], own["password"]) if own else None,
                timeout=aiohttp.ClientTimeout(ACTION_SECONDS),
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_SECONDS),
            )
            vars(self._endpoint)[SESSION] = here, kept
        return kept

    async def __aexit__(self, *_: object) -> None:
        """Stays open."""


_send = EndpointConfig.request


async def _request(endpoint: EndpointConfig, *arguments: Any, **named: Any) -> Any:
    """Takes the place of Rasa's method, and hands on the id of the request that is being worked on."""
    named["headers"] = {**named.get("headers", {}), **request_id.headers(), **tracing.headers()}
    return await _send(endpoint, *arguments, **named)


def _validated(_: RemoteAction, result: Any) -> bool:
    """Takes the place of Rasa's method; the same schema, the same answers refused.

    Raises:
        ValidationError: when the answer has another form than an action server's.
    """
    problem: ValidationError | None = best_match(_validator().iter_errors(result))
    if problem is not None:
        # Neither the message nor the instance: both may quote the visitor.
        raise ValidationError(f"The action server's answer is not valid at {problem.json_path}")
    return True


@cache
def _validator() -> Draft202012Validator:
    schema = RemoteAction.action_response_format_spec()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
