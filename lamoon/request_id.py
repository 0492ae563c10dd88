"""One id a request, through gateway, Rasa and action server: each takes it from a header and has it in its logs.

It is made by the gateway, or taken from a proxy in front where it is of a form that holds no words: hexadecimal digits
and hyphens, as nginx, Caddy and Envoy make them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

HEADER: Final = "X-Request-ID"
_VALID: Final = re.compile(r"[0-9a-f](?:-?[0-9a-f]){15,63}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def new_id() -> str:
    """A new id."""
    return uuid.uuid4().hex


def valid(text: str | None) -> str:
    """The id in a header; empty where it is missing or not valid."""
    found = (text or "").strip().lower()
    return found if _VALID.fullmatch(found) else ""


def current() -> str:
    """The id of what is being worked on; empty outside a request."""
    return _current.get()


def set_current(request_id: str) -> None:
    """Names what is worked on from here on, in this task."""
    _current.set(request_id)


@contextmanager
def working_on(request_id: str) -> Iterator[None]:
    """Names what is worked on in the block."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def headers() -> dict[str, str]:
    """The header that hands the id on; empty outside a request."""
    return {HEADER: _current.get()} if _current.get() else {}
