"""One id per request through gateway, Rasa and action server: each takes it from a header and writes it to its logs.

The gateway creates it, or takes it from a proxy in front if its form cannot contain words: hexadecimal digits
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
    """Return a new id."""
    return uuid.uuid4().hex


def valid(text: str | None) -> str:
    """Return the id in a header; empty if it is missing or not valid."""
    found = (text or "").strip().lower()
    return found if _VALID.fullmatch(found) else ""


def current() -> str:
    """Return the id of the current request; empty outside a request."""
    return _current.get()


def set_current(request_id: str) -> None:
    """Set the id of the current request in this task."""
    _current.set(request_id)


@contextmanager
def working_on(request_id: str) -> Iterator[None]:
    """Set the id of the current request for the block."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def headers() -> dict[str, str]:
    """Return the header that passes on the id; empty outside a request."""
    return {HEADER: _current.get()} if _current.get() else {}
