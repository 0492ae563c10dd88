"""Calls of the action server: how long one may take, the request's id, and a check of its answers that costs little.

Rasa validates every answer against a JSON schema, and validates that schema, which never changes, each time as well:
13 ms of processor time, more than all else that a turn needs. It has no place to configure either, so both are replaced.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

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


def prepare_action_calls() -> None:
    """Sets timeout, check and id for this process."""
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS
    RemoteAction._validate_action_result = _validated
    EndpointConfig.request = _request


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
