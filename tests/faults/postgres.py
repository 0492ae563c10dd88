"""A PostgreSQL of a test's own, which may be stopped and whose connections may be cut."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2
from scenarios.servers import free_port

NAME = "lamoon"
OWNER = "postgres"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("pg_ctl")
    return found[-1] if found else Path(on_path).parent if on_path else None


class Cluster:
    """A server with one empty database, on a port of its own, in a temporary folder.

    `options`: settings, each `-c x=y`. `place`: the folder that the temporary one lies in.
    """

    def __init__(self, binaries: Path, options: str = "", place: Path | None = None) -> None:
        self._binaries = binaries
        self._options = options
        self._place = place
        self._user = OWNER if os.geteuid() == 0 else None  # it refuses to run as root
        self._port = free_port()
        self.url = f"postgresql://{OWNER}@127.0.0.1:{self._port}/{NAME}"

    def __enter__(self) -> Cluster:
        self._folder = Path(tempfile.mkdtemp(prefix="lamoon-postgres-", dir=self._place))
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", self._data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        self._start()
        self._ask("postgres", f"CREATE DATABASE {NAME}")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def cut(self) -> None:
        """Ends every connection to the database, as a failover or a proxy's time limit does."""
        self._ask("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{NAME}'")

    def restart(self, seconds: float = 1.0) -> None:
        """Ends the server as a crash would, and starts it `seconds` later."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        time.sleep(seconds)
        self._start()

    def checkpoint(self) -> None:
        """Writes to the files what is in memory only."""
        self._ask(NAME, "CHECKPOINT")

    def files(self) -> list[Path]:
        """All files of the server, its log included."""
        return [path for path in sorted(self._folder.rglob("*")) if path.is_file()]

    def start_again(self) -> None:
        """Starts it where it is down, as its service manager would."""
        try:
            self._run("pg_ctl", "-D", self._data, "status")
        except subprocess.CalledProcessError:
            self._start()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _start(self) -> None:
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} {self._options}"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", self._data, "-l", log, "-o", options, "-w", "start")

    def _ask(self, database: str, statement: str) -> None:
        connection = psycopg2.connect(host="127.0.0.1", port=self._port, user=OWNER, dbname=database)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def _run(self, program: str, *words: str) -> None:
        quiet = subprocess.DEVNULL  # a pipe would be held open by the server
        command = [str(self._binaries / program), *words]
        subprocess.run(command, user=self._user, cwd=self._folder, stdout=quiet, stderr=quiet, check=True)
