"""Whether the ports are free; who is in the way is said with the way out."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from lamoon.errors import LamoonError
from lamoon.launch.commands import Command


class PreflightError(LamoonError):
    """Something outside the project's files keeps a process from starting."""


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
