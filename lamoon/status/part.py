"""The status of one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import httpx

State = Literal["ok", "off", "wrong"]
"""off: not configured, which is a choice."""
SECONDS: Final = 5.0
"""Timeout of a part's answer."""


@dataclass(frozen=True)
class Part:
    """One part: a line for people in `text`, the same for programs in `details`. Neither contains a secret."""

    name: str
    state: State
    text: str
    details: Mapping[str, str | int | float | None] = field(default_factory=dict)


def asked(name: str, method: str, address: str, path: str, body: object = None) -> Part:
    """Check one of our servers over HTTP."""
    found: dict[str, str | int | float | None] = {"address": address}
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False) as client:
            status = client.request(method, address + path, json=body).status_code
    except httpx.HTTPError as error:
        return Part(name, "wrong", f"{address} cannot be reached ({type(error).__name__})", found)
    if status != httpx.codes.OK:
        return Part(name, "wrong", f"{address} answered {status}", found)
    return Part(name, "ok", address, found)
