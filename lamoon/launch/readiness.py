"""Preconditions of a start: free ports and valid files, checked in a separate process to keep the launcher small."""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.launch.commands import Command


class PreflightError(LamoonError):
    """Something outside the project's files keeps a process from starting."""


def check_ports(commands: Iterable[Command]) -> None:
    """Checks that the ports are free.

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
    """Whether the port is in use.

    Raises:
        PreflightError: when the address does not belong to this machine.
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
                "  what to do: correct LAMOON_GATEWAY_HOST or LAMOON_INTERNAL_HOST"
            ) from None
        return True
    return False


@dataclass(frozen=True)
class Checked:
    """What the launcher needs of the settings, and what the owner should still fill in, a sentence each."""

    data: Path
    rasa_port: int
    actions_port: int
    actions_address: str
    internal_host: str
    gateway_port: int
    gateway_host: str
    notes: tuple[str, ...]


def check() -> Checked:
    """Checks settings, studio.yml and the screening catalogue, and opens the data folder.

    Raises:
        PreflightError: with the message of the check that failed.
    """
    done = subprocess.run(
        (sys.executable, "-m", "lamoon.launch.preflight"), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PreflightError(done.stderr.strip() or f"The checks ended with code {done.returncode}.")
    sys.stderr.write(done.stderr)
    found = json.loads(done.stdout)
    return Checked(**{**found, "data": Path(found["data"]), "notes": tuple(found["notes"])})
