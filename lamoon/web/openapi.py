"""The interface in openapi.yml, against which requests are checked too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, RefResolver
from jsonschema.exceptions import ValidationError
from starlette.requests import Request

from lamoon import __version__
from lamoon.chat.errors import ApiError
from lamoon.checks import parse_int
from lamoon.phrasebook import say

DOCUMENT: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("openapi.yml").read_text(encoding="utf-8"))
DOCUMENT["info"]["version"] = __version__
MOST_ID = DOCUMENT["components"]["schemas"]["Id"]["maximum"]
LOCAL = "your local emergency number"
SHOWN = 200
"""Characters of an explanation, which may quote the request."""


async def read_body(request: Request, schema: str, emergency: str) -> dict[str, Any]:
    """The request's JSON, checked against a schema of openapi.yml. Raises ApiError."""
    raw = await request.body()
    if not raw and schema == "Begin":
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "not_json", "The request's Content-Type has to be application/json.")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json", "The request's body is not JSON.") from None
    check(body, schema, emergency)
    checked: dict[str, Any] = body
    return checked


def check(body: object, schema: str, emergency: str = LOCAL) -> None:
    """Raises ApiError when `body` violates the schema; for a message that is too long, with the emergency number."""
    errors = sorted(_validator(schema).iter_errors(body), key=_importance)
    if errors:
        raise _to_error(errors[0], emergency)


def whole_number(text: str | None, name: str, *, least: int = 0, most: int = MOST_ID, default: int = 0) -> int:
    """An integer parameter. Raises ApiError."""
    if text is None:
        return default
    number = parse_int(text, least, most)
    if number is None:
        raise ApiError(400, "invalid", f"The parameter {name} has to be a whole number from {least} to {most}.")
    return number


def one_of(text: str | None, name: str, allowed: Sequence[str]) -> str:
    """A parameter that is one of a few words, the first where it is missing. Raises ApiError."""
    if text is None:
        return allowed[0]
    if text not in allowed:
        raise ApiError(400, "invalid", f"The parameter {name} has to be one of: {', '.join(allowed)}.")
    return text


@cache
def _validator(schema: str) -> Any:
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}"}, resolver=RefResolver.from_schema(DOCUMENT))


def _importance(error: ValidationError) -> tuple[bool, str]:
    return error.validator != "maxLength", error.json_path


def _to_error(error: ValidationError, emergency: str) -> ApiError:
    where = error.json_path.removeprefix("$").lstrip(".")
    if error.validator == "maxLength" and where == "text":
        text = say("too_long", most=error.validator_value, length=len(error.instance), emergency=emergency)
        return ApiError(413, "text_too_long", text)
    explanation = f"{where}: {error.message}" if where else error.message
    return ApiError(400, "invalid", f"The request is not as /openapi.json describes it: {explanation[:SHOWN]}")
