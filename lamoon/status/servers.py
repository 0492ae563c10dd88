"""The assistant's own servers, and the trained model."""

from __future__ import annotations

import time
from collections.abc import Sequence

from lamoon.errors import ModelError
from lamoon.launch.model_file import newest_model
from lamoon.settings import Settings
from lamoon.status.part import Part, asked

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  read here, not listened on


def rasa(settings: Settings) -> Sequence[Part]:
    """Check each Rasa server: it screens a message, which requires its model, and stores nothing."""
    return [
        asked("rasa", "POST", address, "/webhooks/rest/screening", {"message": "hi"})
        for address in settings.rasa_addresses
    ]


def actions(settings: Settings) -> Sequence[Part]:
    """Check the action server, or the load balancer in front of several."""
    return [asked("actions", "GET", settings.actions_address, "/health")]


def gateway(settings: Settings) -> Sequence[Part]:
    """Check the gateway of this machine. With Rasa elsewhere it may be elsewhere too, and its absence is not an
    error.
    """
    host = EVERYWHERE.get(settings.gateway_host, settings.gateway_host)
    found = asked(
        "gateway", "GET", f"http://{f'[{host}]' if ':' in host else host}:{settings.gateway_port}", "/chat/studio"
    )
    if found.state == "wrong" and settings.rasa_url and "cannot be reached" in found.text:
        return [Part("gateway", "off", "not on this machine", found.details)]
    return [found]


def model(settings: Settings) -> Sequence[Part]:
    """Check the newest intact model file, which the next start of Rasa loads."""
    try:
        path = newest_model()
    except (FileNotFoundError, ModelError) as problem:
        return [Part("model", "wrong", str(problem))]
    age = max(0.0, time.time() - path.stat().st_mtime)
    return [Part("model", "ok", f"{path.name}, {_span(age)} old", {"file": path.name, "age_seconds": round(age)})]


def _span(seconds: float) -> str:
    hours = seconds / 3600
    return (
        f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else f"{seconds / 60:.0f} min"
    )
