"""The processes and their command lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from lamoon.launch.model_file import model_in_use
from lamoon.project import PROJECT, VARIABLE

LOOPBACK = "127.0.0.1"
ACTIONS_URL = "http://127.0.0.1:5055/webhook"


class Addresses(Protocol):
    """The settings that command lines need. The supervisor does not load the settings themselves."""

    @property
    def data(self) -> Path:
        """The data folder."""

    @property
    def rasa_port(self) -> int:
        """Of Rasa."""

    @property
    def actions_port(self) -> int:
        """Of the action server."""

    @property
    def actions_address(self) -> str:
        """The action server's address for Rasa."""

    @property
    def internal_host(self) -> str:
        """The address that Rasa and the action server listen on."""

    @property
    def gateway_port(self) -> int:
        """The public one."""

    @property
    def gateway_host(self) -> str:
        """The address that the gateway listens on."""


@dataclass(frozen=True)
class Command:
    """A process: its name in messages, its arguments, and the port (None: none) and address it listens on.

    `again` makes the command for a restart, when it may have to differ.
    """

    name: str
    words: tuple[str, ...]
    port: int | None = None
    host: str = LOOPBACK
    again: Callable[[], Command] | None = None


def rasa_server(settings: Addresses, *, with_api: bool) -> Command:
    """Rasa with the REST channel only; `with_api` adds its HTTP API, which has no token."""
    words = (
        "-m",
        "lamoon.logs",
        "rasa",
        "run",
        "-i",
        settings.internal_host,
        "-p",
        str(settings.rasa_port),
        "--model",
        str(model_in_use()),
    )
    files = ("--endpoints", str(endpoints_file(settings)), "--credentials", str(PROJECT / "credentials.yml"))
    return Command(
        "rasa",
        (sys.executable, *words, *files, *(("--enable-api",) if with_api else ())),
        settings.rasa_port,
        settings.internal_host,
        again=partial(rasa_server, settings, with_api=with_api),  # its model may be damaged or gone
    )


def action_server(settings: Addresses) -> Command:
    """The action server."""
    words = (
        sys.executable,
        "-m",
        "lamoon.logs",
        "rasa_sdk",
        "--actions",
        "actions",
        "--port",
        str(settings.actions_port),
    )
    return Command("actions", words, settings.actions_port, settings.internal_host)


def notification_worker() -> Command:
    """Sends the outbox's notices."""
    return Command("notifications", (sys.executable, "-m", "lamoon.booking", "worker"))


def gateway(settings: Addresses) -> Command:
    """The public web server, the only process that may listen elsewhere than on loopback."""
    words = (sys.executable, "-m", "lamoon.web")
    return Command("gateway", words, settings.gateway_port, settings.gateway_host)


def gateway_host(settings: Addresses) -> str:
    """The gateway's address from this machine."""
    everywhere = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104  read here, not listened on
    return everywhere.get(settings.gateway_host, settings.gateway_host)


def page_address(settings: Addresses) -> str:
    """The page's address for a browser on this machine."""
    host = gateway_host(settings)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.gateway_port}/"


def endpoints_file(settings: Addresses) -> Path:
    """`endpoints.yml`, or a copy of it with another address of the action server."""
    original = PROJECT / "endpoints.yml"
    url = f"{settings.actions_address}/webhook"
    if url == ACTIONS_URL:
        return original
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = settings.data / "endpoints.yml"
    copy.write_text(original.read_text(encoding="utf-8").replace(ACTIONS_URL, url), encoding="utf-8")
    return copy


def serving_environment(host: str = LOOPBACK) -> dict[str, str]:
    """`environment` for servers: a single message is too little work to share between cores.

    A second thread doubled the time of a parse (15.8 against 8.4 ms on two cores). Training uses all cores.
    """
    return environment() | {"SANIC_HOST": host, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def environment() -> dict[str, str]:
    """The environment of every process: telemetry off, no message text in logs.

    Processes run in the project's folder, where Python finds `actions`, and `lamoon` unless it is installed elsewhere.
    """
    return os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "SANIC_HOST": LOOPBACK,
        VARIABLE: str(PROJECT),
        "PYTHONWARNINGS": "ignore",
        "PYTHONHASHSEED": "0",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "LOG_LEVEL_MATPLOTLIB": "ERROR",
    }
