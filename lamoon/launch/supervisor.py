"""Runs several processes as one: starts them together, restarts what crashes, ends them all on Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from lamoon.errors import LamoonError
from lamoon.launch.commands import Command, serving_environment

RESTART_SECONDS = 5.0
"""The rest before a restart of what did not run for long: what it lacks may come back."""
STEADY_SECONDS = 30.0
"""What has run for longer than that is restarted at once."""
STOP_SECONDS = 10.0
POLL_SECONDS = 0.2
CRASHES_AT_START = 3


class Supervisor:
    """A group of processes.

    Each runs in its own session, so that Ctrl-C reaches only the supervisor, which then ends all of them.
    """

    def __init__(self, commands: Sequence[Command], *, restart: bool) -> None:
        """Takes the processes to run.

        Args:
            commands: started in this order.
            restart: start a crashed process again, at once or after a rest; False leaves it down (tests want that).
        """
        self._commands = commands
        self._restart = restart
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._since: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._crashes: dict[str, int] = {}
        self._stop = threading.Event()

    def run(self, until_ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Starts everything and waits until stopped.

        Args:
            until_ready: says whether the assistant answers.
            when_ready: called once when it does.

        Returns:
            0 after a requested stop, 1 when a process could not be kept running.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        for command in self._commands:
            self._start(command)
        ready = False
        try:
            while not self._stop.wait(POLL_SECONDS):
                if not ready and until_ready():
                    ready = True
                    when_ready()
                if not self._look_after(ready):
                    return 1
            return 0
        finally:
            self._end_all()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, command: Command) -> None:
        environment = serving_environment(command.host)
        self._running[command.name] = subprocess.Popen(command.words, env=environment, start_new_session=True)
        self._since[command.name] = time.monotonic()

    def _start_again(self, command: Command) -> bool:
        """Restarts the process; False when that fails now, with a message. It is retried later."""
        _say(f"Starting {command.name} again.")
        try:
            self._start(command.again() if command.again else command)
        except (LamoonError, FileNotFoundError) as problem:
            _say(str(problem))
            self._due[command.name] = time.monotonic() + RESTART_SECONDS
            return False
        return True

    def _look_after(self, ready: bool) -> bool:
        """Detects crashes and restarts what is due; False if restarting is pointless."""
        for command in self._commands:
            process = self._running.get(command.name)
            if process is not None and process.poll() is not None:
                del self._running[command.name]
                _signal(process, signal.SIGKILL)  # its orphans would keep the port
                self._crashes[command.name] = self._crashes.get(command.name, 0) + 1
                _say(f"The {command.name} process ended with code {process.returncode}.")
                if not ready and (not self._restart or self._crashes[command.name] >= CRASHES_AT_START):
                    _say("Its messages above say why. Stopping.")
                    return False
                was_steady = time.monotonic() - self._since[command.name] > STEADY_SECONDS
                self._due[command.name] = time.monotonic() + (0.0 if was_steady else RESTART_SECONDS)
            if self._restart and self._due.get(command.name, float("inf")) <= time.monotonic():
                del self._due[command.name]
                if not self._start_again(command) and not ready:
                    return False
        return True

    def _end_all(self) -> None:
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal(process, signal.SIGKILL)  # its children too, which may ignore signals
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
