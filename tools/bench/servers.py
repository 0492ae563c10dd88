"""Servers to measure: Rasa alone with its HTTP API, or the whole assistant; their start-up time and memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from lamoon.launch.commands import LOOPBACK, action_server, gateway, rasa_server, serving_environment
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from tools.bench.sides import BenchmarkError, Side

LONGEST_START_SECONDS = 300.0
POLL_SECONDS = 0.05
STOP_SECONDS = 15.0
READY_SECONDS = 120.0


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        ready_seconds: from `rasa run` to the first 200 of `/status`, which requires a loaded model.
        client: keeps one connection to it.
        pid: its first process.
    """

    ready_seconds: float
    client: httpx.Client
    pid: int


@contextmanager
def serving(side: Side, model: Path, folder: Path) -> Iterator[Server]:
    """Start the server, wait until it is ready, and end it with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    words = (side.python, "-m", "rasa", "run", "--enable-api", "-i", LOOPBACK, "-p", str(port), "-m", str(model))
    log = folder / "run.log"
    with log.open("wb") as output, _client(port) as client:
        started = time.monotonic()
        process = subprocess.Popen(
            (*words, *side.run_options),
            cwd=folder,
            env=side.variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(process, client, started, log)
            yield Server(time.monotonic() - started, client, process.pid)
        finally:
            end(process)


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process and its descendants in megabytes."""
    return sum(_resident(member) for member in tree(pid)) / 1e6


def _client(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=30.0, trust_env=False)


def _wait_until_ready(process: subprocess.Popen[bytes], client: httpx.Client, started: float, log: Path) -> None:
    while time.monotonic() - started < LONGEST_START_SECONDS:
        if process.poll() is not None:
            raise BenchmarkError(f"The server ended with code {process.returncode} before it was ready. See {log}")
        with suppress(httpx.TransportError):
            answer = client.get("/status")
            if answer.status_code == httpx.codes.OK and answer.json().get("model_file"):
                return
        time.sleep(POLL_SECONDS)
    raise BenchmarkError(f"The server was not ready after {LONGEST_START_SECONDS:.0f} seconds. See {log}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its descendants; kill it if it does not end in time."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def free_port() -> int:
    """Return a free port on loopback."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])


def tree(root: int) -> list[int]:
    """Return a process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name in parentheses may contain spaces and parentheses: the parent is the second word after the
                # last one.
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    members = [root]
    for member in members:
        members.extend(children.get(member, []))
    return members


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


@contextmanager
def assistant(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Run the assistant; yield the addresses of Rasa and the gateway, and the id of the gateway's process."""
    ports = {name: str(free_port()) for name in ("RASA", "ACTIONS", "GATEWAY")}
    variables = {f"LAMOON_{name}_PORT": port for name, port in ports.items()}
    variables |= {"LAMOON_DATA": str(folder), "LAMOON_MESSAGES_PER_MINUTE": "100000"}
    settings = load_settings(variables)
    clean = {name: value for name, value in serving_environment().items() if not name.startswith("LAMOON_")}
    with ExitStack() as stack:
        for command in (action_server(settings), rasa_server(settings, with_api=False), gateway(settings)):
            log = stack.enter_context((folder / f"{command.name}.log").open("wb"))
            process = subprocess.Popen(
                command.words, cwd=PROJECT, env=clean | variables, stdout=log, stderr=log, start_new_session=True
            )
            stack.callback(end, process)  # the last one is the gateway
        front = f"http://{LOOPBACK}:{ports['GATEWAY']}"
        _wait_for_answer(front)
        yield f"http://{LOOPBACK}:{ports['RASA']}", front, process.pid


def _wait_for_answer(front: str) -> None:
    """Wait until a real message is answered. Raises TimeoutError."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"{front}/health", trust_env=False, timeout=10).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"The assistant did not answer within {READY_SECONDS:.0f} seconds. Does `make run` work?")
