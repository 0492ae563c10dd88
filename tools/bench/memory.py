"""`python -m tools.bench.memory [--most 780]`: the memory of every process of `make run` at rest, in one run.

Starts the whole assistant on free ports with its own data folder, waits until it answers, then reads each process's
memory from the kernel: resident memory (RSS), and its proportional share (PSS), in which memory mapped by several
processes counts once.

Exit codes: 0 together at most `--most` MB, 1 more.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.bench.servers import free_port, tree
from tools.bench.sides import BenchmarkError
from tools.threshold import Threshold, report

MOST = 780
READY_SECONDS = 120.0
REST_SECONDS = 5.0
PORTS = ("LAMOON_RASA_PORT", "LAMOON_ACTIONS_PORT", "LAMOON_GATEWAY_PORT")
NAMES = {"rasa_sdk": "action server", "rasa": "Rasa", "lamoon.web": "gateway", "lamoon.booking": "notifications"}


@dataclass(frozen=True)
class Held:
    """The memory of a process in MB."""

    name: str
    rss: float
    pss: float


def main(arguments: list[str]) -> int:
    """Starts, measures and prints; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.memory", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--most", type=float, default=MOST, help="MB (RSS) of all processes together")
    most = parser.parse_args(arguments).most
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as (pid, seconds):
        time.sleep(REST_SECONDS)
        found = [_held(member, "launcher" if member == pid else "") for member in tree(pid)]
    total = sum(held.rss for held in found)
    print(f"Ready after {seconds:.1f} s\n{'process':16} {'RSS, MB':>8} {'PSS, MB':>8}")
    for held in (*found, Held("together", total, sum(held.pss for held in found))):
        print(f"{held.name:16} {held.rss:8.0f} {held.pss:8.0f}")
    return report([Threshold("RSS together, MB", total, most, at_most=True, form="{:.0f}")])


@contextmanager
def _running(folder: Path) -> Iterator[tuple[int, float]]:
    """Run the assistant until ready; return its launcher's process id, and the seconds of the start."""
    ports = {name: str(free_port()) for name in PORTS}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    log = folder / "run.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lamoon.launch", "run"],
            env=clean | ports | {"LAMOON_DATA": str(folder / "data")},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while b"Ready." not in log.read_bytes():
            if process.poll() is not None or time.monotonic() - began > READY_SECONDS:
                raise BenchmarkError(f"It did not get ready. Its messages:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        yield process.pid, time.monotonic() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _held(pid: int, name: str) -> Held:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {
        line.split(":")[0]: int(line.split()[1]) / 1000 * 1.024 for line in rollup.splitlines()[1:] if "kB" in line
    }
    return Held(name or _name(pid), sizes["Rss"], sizes["Pss"])


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return next((NAMES[word] for word in words if word in NAMES), " ".join(words[:4]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
