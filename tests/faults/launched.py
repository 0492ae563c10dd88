"""A machine as an owner has it: `lamoon run`, which starts every process and restarts what crashes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from scenarios.servers import free_port, settings_of
from web.layout import FAST, SHARED, STUDIO
from web.serving import until

from lamoon.launch.commands import LOOPBACK, serving_environment
from lamoon.project import PROJECT

MARKS = {"rasa": "rasa run", "actions": "rasa_sdk", "notifications": "lamoon.booking worker", "gateway": "lamoon.web"}
"""How to tell the processes by their command lines."""
CLOCK = Path(__file__).parent / "clock"
START_SECONDS = 180.0


class Machine:
    """The launcher and its processes, with data and log in `folder`. `shift` sets the gateway's clock, in seconds."""

    def __init__(self, folder: Path, database: str, mail_port: int) -> None:
        folder.mkdir(parents=True)
        self._log = folder / "machine.log"
        self._clock = folder / "clock"
        self.shift(0)
        own = {"LAMOON_GATEWAY_PORT": str(free_port()), "LAMOON_DATABASE_URL": database}
        self.variables = settings_of(folder / "data", mail_port, STUDIO) | SHARED | FAST | own
        self.url = f"http://{LOOPBACK}:{self.variables['LAMOON_GATEWAY_PORT']}"
        self.rasa = f"http://{LOOPBACK}:{self.variables['LAMOON_RASA_PORT']}"
        self._launcher: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        clean = {name: value for name, value in serving_environment().items() if not name.startswith("LAMOON_")}
        python = os.pathsep.join(map(str, (CLOCK, PROJECT, PROJECT / "tests")))
        with self._log.open("ab") as log:
            self._launcher = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "lamoon.launch", "run"],
                cwd=PROJECT,
                env=clean | self.variables | {"PYTHONPATH": python, "SHIFT_FILE": str(self._clock)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(lambda: "Ready." in self.log() or self._launcher.poll() is not None, "the machine", START_SECONDS)
        assert self._launcher.poll() is None, self.log()[-3000:]

    def stop(self) -> None:
        """Ends it."""
        if self._launcher:
            self._launcher.terminate()
            self._launcher.wait(30)

    def log(self) -> str:
        """What all its processes have written."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def signal(self, name: str, number: signal.Signals) -> bool:
        """Sends a signal to a process; False where it is down just now."""
        found = self.pid(name)
        if found:
            os.kill(found, number)
        return bool(found)

    def pid(self, name: str) -> int:
        """The process id; 0 where it is down."""
        assert self._launcher is not None
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(status.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
                words = (status.parent / "cmdline").read_bytes().decode().replace("\0", " ")
            except (OSError, ProcessLookupError):
                continue
            if parent == self._launcher.pid and MARKS[name] in words:
                return int(status.parent.name)
        return 0

    def shift(self, seconds: float) -> None:
        """Sets the gateway's wall clock ahead, or back."""
        draft = self._clock.with_suffix(".new")
        draft.write_text(str(seconds), encoding="ascii")
        draft.replace(self._clock)
