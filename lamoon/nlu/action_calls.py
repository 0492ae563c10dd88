"""Calls of the action server: a timeout, the request's id, a persistent connection, and a cheap validation of its
responses.

Rasa validates every response against a JSON schema, and each time also validates that schema, which never changes: 13
ms of processor time, more than everything else in a turn. It opens a connection for every call. None of this is
configurable, so the methods are replaced.
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
"""How long an idle connection is kept: less than the 5 seconds after which the action server closes it."""
SESSION: Final = "lamoon_session"  # attribute of an endpoint


def prepare_action_calls() -> None:
    """Install timeout, validation, request id and persistent connections in this process."""
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS
    RemoteAction._validate_action_result = _validated
    EndpointConfig.request = _request
    EndpointConfig.session = lambda endpoint: _Session(endpoint)


async def end_action_calls(endpoint: EndpointConfig | None) -> None:
    """Close the connections of an endpoint."""
    _, kept = vars(endpoint).pop(SESSION, (None, None)) if endpoint else (None, None)
    if kept:
        await kept.close()


class _Session:
    """Stand-in for a session of one request; the endpoint keeps one session for all requests of its event loop."""

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
        """Keep the session open."""


_send = EndpointConfig.request


async def _request(endpoint: EndpointConfig, *arguments: Any, **named: Any) -> Any:
    """Replacement of Rasa's method that passes on the current request id."""
    named["headers"] = {**named.get("headers", {}), **request_id.headers(), **tracing.headers()}
    return await _send(endpoint, *arguments, **named)


def _validated(_: RemoteAction, result: Any) -> bool:
    """Replacement of Rasa's method with the same schema and the same refusals.

    Raises:
        ValidationError: when the response does not have the form of an action server's.
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
