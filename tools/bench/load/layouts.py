"""Servers under load: the whole assistant with several processes of each kind, or Rasa's default pipeline behind `rasa
run`.
"""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from lamoon.launch.commands import (
    LOOPBACK,
    Command,
    action_server,
    gateway,
    notification_worker,
    rasa_server,
    serving_environment,
)
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from tools.bench.servers import LONGEST_START_SECONDS, end, free_port
from tools.bench.sides import BenchmarkError, Side

STUDIO = PROJECT / "tests" / "scenarios" / "studio.yml"
KEY = "one-key-for-all-gateways-0123456789"
UNLIMITED = "100000"
"""Messages a minute, the highest setting, because all visitors have the same address."""
READY = "SELECT 1"
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = :name"
COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True)
class Layout:
    """The number of each process; `postgres`: on PostgreSQL instead of SQLite files."""

    rasa: int = 1
    gateways: int = 1
    postgres: bool = False

    @property
    def name(self) -> str:
        """Its name in reports."""
        if not self.postgres:
            return "SQLite, one of each"
        return f"PostgreSQL, {self.rasa} Rasa, {self.gateways} gateway{'s' if self.gateways > 1 else ''}"


@dataclass(frozen=True)
class Running:
    """Running servers.

    Attributes:
        addresses: addresses for visitors.
        pids: the process ids by kind.
        database: PostgreSQL, with the connection name of these processes; None without.
    """

    addresses: Sequence[str]
    pids: dict[str, Sequence[int]]
    database: tuple[Engine, str] | None = None

    def all_pids(self) -> dict[str, Sequence[int]]:
        """Return all process ids, with PostgreSQL's for these connections if it runs on this machine."""
        if self.database is None:
            return self.pids
        engine, name = self.database
        with engine.connect() as connection:
            found = connection.execute(text(BACKENDS), {"name": name}).scalars().all()
        here = [pid for pid in found if Path(f"/proc/{pid}").exists()]
        return {**self.pids, "PostgreSQL": here}

    def transactions(self) -> int:
        """Return the transactions committed so far in the whole database; 0 without PostgreSQL."""
        if self.database is None:
            return 0
        with self.database[0].connect() as connection:
            return int(connection.execute(text(COMMITS)).scalar_one())


@contextmanager
def assistant(layout: Layout, folder: Path, postgres: str = "") -> Iterator[Running]:
    """Start everything with its own data, and end it with the block.

    Raises:
        BenchmarkError: when a process does not answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        shared = {
            "LAMOON_DATA": str(folder),
            "LAMOON_STUDIO": str(STUDIO),
            "LAMOON_SECRET_KEY": KEY,
            "LAMOON_MESSAGES_PER_MINUTE": UNLIMITED,
            "LAMOON_ACTIONS_PORT": str(free_port()),
        }
        database = None
        if layout.postgres:
            engine, schema = stack.enter_context(_schema(postgres))
            shared["LAMOON_DATABASE_URL"] = f"{postgres}?options=-csearch_path%3D{schema}"
            database = engine, f"lamoon {schema}"
        rasa_ports, gateway_ports = ([str(free_port()) for _ in range(n)] for n in (layout.rasa, layout.gateways))
        rasas = [f"http://{LOOPBACK}:{port}" for port in rasa_ports]
        fronts = [f"http://{LOOPBACK}:{port}" for port in gateway_ports]
        pids: dict[str, Sequence[int]] = {}
        start = _Starter(stack, folder)
        settings = load_settings(shared)
        pids["actions"] = [start(action_server(settings), shared, "actions")]
        pids["worker"] = [start(notification_worker(), shared, "worker")]
        pids["Rasa"] = [
            start(rasa_server(load_settings(own), with_api=False), own, f"rasa-{port}")
            for port in rasa_ports
            if (own := {**shared, "LAMOON_RASA_PORT": port})
        ]
        for address in rasas:
            _wait(f"{address}/webhooks/rest/", folder)
        seen = {**shared, "LAMOON_RASA_URL": ",".join(rasas)}
        pids["gateway"] = [
            start(gateway(load_settings(own)), own, f"gateway-{port}")
            for port in gateway_ports
            if (own := {**seen, "LAMOON_GATEWAY_PORT": port})
        ]
        for address in fronts:
            _wait(f"{address}/health", folder)
        yield Running(fronts, pids, database)


@contextmanager
def plain_rasa(side: Side, model: Path, folder: Path) -> Iterator[Running]:
    """Run Rasa's default assistant with its REST channel, as `rasa run` starts it. Raises BenchmarkError."""
    port = free_port()
    words = (side.python, "-m", "rasa", "run", "-i", LOOPBACK, "-p", str(port), "-m", str(model))
    files = ("--credentials", "credentials.yml", "--endpoints", "endpoints.yml")
    with ExitStack() as stack, (folder / "rasa.log").open("wb") as log:
        process = subprocess.Popen(
            (*words, *files), cwd=folder, env=side.variables, stdout=log, stderr=log, start_new_session=True
        )
        stack.callback(end, process)
        address = f"http://{LOOPBACK}:{port}"
        _wait(f"{address}/webhooks/rest/", folder)
        yield Running([address], {"Rasa": [process.pid]})


class _Starter:
    """Start processes that end with the stack, each with its own log."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self._clean = {name: value for name, value in serving_environment().items() if not name.startswith("LAMOON_")}

    def __call__(self, command: Command, variables: dict[str, str], name: str) -> int:
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(
            command.words, cwd=PROJECT, env=self._clean | variables, stdout=log, stderr=log, start_new_session=True
        )
        self._stack.callback(end, process)
        return process.pid


@contextmanager
def _schema(postgres: str) -> Iterator[tuple[Engine, str]]:
    """Create a schema for the duration of the block."""
    name = f"lamoon_load_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres, future=True)
    try:
        _do(engine, f"CREATE SCHEMA {name}")
        yield engine, name
    finally:
        with suppress(Exception):
            _do(engine, f"DROP SCHEMA {name} CASCADE")
        engine.dispose()


def _do(engine: Engine, words: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(words)


def _wait(url: str, folder: Path) -> None:
    end_at = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < end_at:
        with suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False, timeout=10).status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    raise BenchmarkError(f"{url} did not answer within {LONGEST_START_SECONDS:.0f} seconds. The logs are in {folder}")
