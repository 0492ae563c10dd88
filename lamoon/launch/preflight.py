"""What must hold before anything starts; every problem is said with the way out."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from lamoon.data_folder import open_data_folder
from lamoon.errors import LamoonError
from lamoon.launch.commands import Command
from lamoon.screening import load_catalogue
from lamoon.settings import Settings, load_settings
from lamoon.studio import Studio, load_studio


class PreflightError(LamoonError):
    """Something outside the project's files keeps a process from starting."""


def check_files() -> tuple[Settings, Studio]:
    """Reads settings, studio.yml and the screening catalogue.

    Raises:
        LamoonError: naming file and line of the first mistake.
    """
    settings = load_settings()
    studio = load_studio(settings.studio)
    load_catalogue()
    return settings, studio


def prepare() -> tuple[Settings, Studio]:
    """`check_files` and the data folder: before anything is started that keeps something there.

    Raises:
        LamoonError: naming what has to be corrected.
    """
    settings, studio = check_files()
    open_data_folder(settings)
    return settings, studio


def check_ports(commands: Iterable[Command]) -> None:
    """Looks whether the ports are free.

    Raises:
        PreflightError: naming the port that is taken and the variable that moves it.
    """
    variables = {"rasa": "LAMOON_RASA_PORT", "actions": "LAMOON_ACTIONS_PORT", "gateway": "LAMOON_GATEWAY_PORT"}
    for command in commands:
        if command.port is not None and _taken(command.host, command.port):
            raise PreflightError(
                f"Port {command.port} for the {command.name} server is in use by another program.\n"
                f"  expected: a free port\n"
                f"  what to do: stop that program, or choose another port, for example "
                f"{variables[command.name]}={command.port + 100} make run"
            )


def unfilled(settings: Settings, studio: Studio) -> list[str]:
    """What the owner should still fill in, a sentence each."""
    notes = []
    if not (settings.notify_email or studio.notify_email):
        notes.append("studio.yml has no notify_email: booking requests are kept, but nobody is told of them.")
    if not settings.smtp_host:
        notes.append(
            "No mail server is set (LAMOON_SMTP_HOST): booking requests wait in the outbox. See docs/settings.md."
        )
    if not (studio.phone or studio.email):
        notes.append("studio.yml has no phone and no e-mail: visitors cannot be told how to reach you.")
    return notes


def _taken(host: str, port: int) -> bool:
    """Whether nobody can listen there.

    Raises:
        PreflightError: when the address is none of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise PreflightError(
                f"{host} is not an address of this machine.\n"
                "  expected: one of its own, or 127.0.0.1 for this machine alone\n"
                "  what to do: correct LAMOON_GATEWAY_HOST"
            ) from None
        return True
    return False
