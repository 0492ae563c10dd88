"""The assistant's real processes, started as `make api` starts them, on free ports and with their own data folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from lamoon.launch.commands import (
    LOOPBACK,
    Command,
    action_server,
    notification_worker,
    rasa_server,
    serving_environment,
)
from lamoon.settings import PROJECT, Settings, load_settings
from scenarios.mailbox import STUDIO_INBOX

READY_SECONDS = 90.0


class StartError(Exception):
    """A process did not come up; the text says which and ends with its last messages."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def settings_of(folder: Path, mail_port: int, studio: Path | None = None) -> dict[str, str]:
    """The environment variables of one assistant that keeps everything in `folder`."""
    variables = {
        "LAMOON_DATA": str(folder),
        "LAMOON_RASA_PORT": str(free_port()),
        "LAMOON_ACTIONS_PORT": str(free_port()),
        "LAMOON_SMTP_HOST": LOOPBACK,
        "LAMOON_SMTP_PORT": str(mail_port),
        "LAMOON_SMTP_SECURITY": "none",
        "LAMOON_SMTP_FROM": "assistant@studio.example",
        "LAMOON_NOTIFY_EMAIL": STUDIO_INBOX,
    }
    return variables | ({"LAMOON_STUDIO": str(studio)} if studio else {})


class Servers:
    """Rasa, the action server and the notification worker.

    Raises FileNotFoundError, which says "make train", when there is no model.
    """

    def __init__(self, variables: dict[str, str], logs: Path) -> None:
        self.settings: Settings = load_settings(variables)
        self.variables = variables
        self._logs = logs
        worker = notification_worker()
        quick = Command(worker.name, (*worker.words, "--poll", "0.2"))
        commands = (action_server(self.settings), rasa_server(self.settings, with_api=True), quick)
        self._commands = {command.name: command for command in commands}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.rasa = f"http://{LOOPBACK}:{self.settings.rasa_port}"
        self.actions = f"http://{LOOPBACK}:{self.settings.actions_port}"

    def start(self) -> None:
        """Start all of them and wait until they answer. Raises StartError."""
        for name in self._commands:
            self._start(name)
        for name in self._commands:
            self._wait_for(name)

    def stop(self) -> None:
        """End all of them, and only them."""
        for name in list(self._running):
            self._end(name, signal.SIGTERM)

    def kill(self, name: str) -> None:
        """Kill rasa, actions or notifications, as a crash would."""
        if name in self._running:
            self._end(name, signal.SIGKILL)

    def start_again(self, name: str) -> None:
        """Start one of them again where it is down, and wait until it answers."""
        if name not in self._running:
            self._start(name)
            self._wait_for(name)

    def kill_rasa(self) -> None:
        """Kill the Rasa server, as a crash would."""
        self.kill("rasa")

    def start_rasa(self) -> None:
        """Start the Rasa server again where it is down."""
        self.start_again("rasa")

    def kill_actions(self) -> None:
        """Kill the action server, as a crash would."""
        self.kill("actions")

    def start_actions(self) -> None:
        """Start the action server again where it is down."""
        self.start_again("actions")

    def hang(self, name: str) -> None:
        """Suspend a process: it accepts requests and never answers."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """Let a hung process go on."""
        os.killpg(self._running[name].pid, signal.SIGCONT)

    def hang_actions(self) -> None:
        """Suspend the action server."""
        self.hang("actions")

    def wake_actions(self) -> None:
        """Let a hung action server go on."""
        self.wake("actions")

    def pids(self) -> dict[str, int]:
        """The process id of each that runs."""
        return {name: process.pid for name, process in self._running.items()}

    def log(self, name: str) -> str:
        """Return what a process has written so far."""
        path = self._path(name)
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def logs(self) -> dict[str, str]:
        """Return what each process has written so far."""
        return {name: self.log(name) for name in self._commands}

    def _path(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _start(self, name: str) -> None:
        clean = {key: value for key, value in serving_environment().items() if not key.startswith("LAMOON_")}
        with self._path(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name].words,
                cwd=PROJECT,
                env=clean | self.variables,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_for(self, name: str) -> None:
        """Wait until a process answers; the worker, which cannot be asked, is taken to be there."""
        addresses = {"actions": f"{self.actions}/health", "rasa": f"{self.rasa}/status"}
        if name in addresses:
            self._wait(name, lambda: _answers(addresses[name]))

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + READY_SECONDS
        while not ready():
            if self._running[name].poll() is not None or time.monotonic() > end:
                tail = "\n".join(self.log(name).splitlines()[-25:])
                raise StartError(f"The {name} server did not come up. Its last messages:\n{tail}")
            time.sleep(0.1)

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self._running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, number)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
