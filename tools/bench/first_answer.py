"""`python -m tools.bench.first_answer [--keep]`: from a fresh clone to the first answered message.

Clones the committed state into an empty folder, runs `make run` there without any cache of packages, and asks one
question through the gateway as soon as it reports that it is ready. `--keep` writes the figures to first_answer.json
and into the README; they are valid only on an idle machine, so the load before the run is stored with them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import httpx

from lamoon.launch.commands import LOOPBACK
from lamoon.project import PROJECT
from tools.bench.servers import free_port
from tools.bench.sides import BenchmarkError

KEPT = Path(__file__).with_suffix(".json")
README = PROJECT / "README.md"
MARKS = (
    "<!-- first answer: written by `python -m tools.bench.first_answer --keep` -->",
    "<!-- end of first answer -->",
)
QUESTION = "does it hurt?"
MOST_SECONDS = 3600.0
PORTS = ("LAMOON_RASA_PORT", "LAMOON_ACTIONS_PORT", "LAMOON_GATEWAY_PORT")


@dataclass(frozen=True)
class FirstAnswer:
    """Seconds of each consecutive part, and the machine.

    Attributes:
        load: the machine's load average over one minute before the run.
    """

    day: str
    cores: int
    load: float
    install: float
    training: float
    start: float
    answer: float

    @property
    def total(self) -> float:
        """From `make run` to the answer."""
        return self.install + self.training + self.start + self.answer


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.first_answer", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keep", action="store_true", help="write the figures to first_answer.json and the README")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            measured = measure(Path(folder) / "lamoon")
        except BenchmarkError as problem:
            print(problem, file=sys.stderr)
            return 1
    print(sentence(measured))
    if asked.keep:
        KEPT.write_text(json.dumps(asdict(measured), indent=2) + "\n", encoding="utf-8")
        README.write_text(in_readme(README.read_text(encoding="utf-8"), measured), encoding="utf-8")
    return 0


def kept() -> FirstAnswer:
    """Return the figures in the README."""
    return FirstAnswer(**json.loads(KEPT.read_text(encoding="utf-8")))


def sentence(measured: FirstAnswer) -> str:
    """Return the README's sentence."""
    busy = "" if measured.load < measured.cores / 2 else f", with other jobs (load {measured.load:.0f})"
    return (
        f"From a fresh clone, `make run` answered its first message after {measured.total:.0f} seconds on {measured.day}, on "
        f"{measured.cores} cores{busy}:\n{measured.install:.0f} to install, {measured.training:.0f} to train, "
        f"{measured.start:.0f} to start, {measured.answer:.1f} to answer (`python -m tools.bench.first_answer`)."
    )


def in_readme(text: str, measured: FirstAnswer) -> str:
    """Return the README with these figures. Raises BenchmarkError if its marks are missing."""
    begin, end = map(re.escape, MARKS)
    new, found = re.subn(
        f"{begin}.*?{end}", lambda _: f"{MARKS[0]}\n\n{sentence(measured)}\n\n{MARKS[1]}", text, flags=re.DOTALL
    )
    if not found:
        raise BenchmarkError(f"README.md has no place for the figures. Expected the lines:\n{MARKS[0]}\n{MARKS[1]}")
    return new


def measure(clone: Path) -> FirstAnswer:
    """Clone, run and ask. Raises BenchmarkError with the last lines of the failing step."""
    load, day = os.getloadavg()[0], time.strftime("%Y-%m-%d")
    subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
    variables = _variables()
    log = clone.parent / "make.log"
    with log.open("wb") as output:
        begun = time.time()
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=variables, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_ready(process, log, begun)
        ready = time.time()
        _ask(f"http://{LOOPBACK}:{variables['LAMOON_GATEWAY_PORT']}")
        answered = time.time()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    installed, trained = ((clone / name).stat().st_mtime for name in (".venv/.runtime", "models/.trained"))
    moments = (begun, installed, trained, ready, answered)
    seconds = (round(after - before, 2) for before, after in pairwise(moments))
    return FirstAnswer(day, os.cpu_count() or 1, round(load, 1), *seconds)


def _variables() -> Mapping[str, str]:
    """Return this machine's variables without ours, with free ports and empty package caches."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("LAMOON_", "MAKE", "VIRTUAL_ENV"))
    }
    clean.pop("VENV", None)
    clean.pop("PYTHONPATH", None)
    return clean | {name: str(free_port()) for name in PORTS} | {"UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"}


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, begun: float) -> None:
    while "Ready." not in (output := log.read_text(encoding="utf-8", errors="replace")):
        if process.poll() is not None or time.time() > begun + MOST_SECONDS:
            tail = "\n".join(output.splitlines()[-20:])
            raise BenchmarkError(f"`make run` in a fresh clone did not become ready. Its last lines:\n{tail}")
        time.sleep(0.05)


def _ask(gateway: str) -> None:
    """Begin a conversation, ask, and wait for the reply. Raises BenchmarkError when there is none in a minute."""
    with httpx.Client(base_url=gateway, trust_env=False, timeout=60) as client:
        token = client.post("/chat/conversations").raise_for_status().json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        sent = client.post("/chat/messages", json={"client_id": str(uuid.uuid4()), "text": QUESTION}).raise_for_status()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = client.get("/chat/messages", params={"after": sent.json()["id"]}).json()["messages"]
            if any(message["from"] == "bot" for message in found):
                return
            time.sleep(0.02)
    raise BenchmarkError(f"{QUESTION!r} was not answered in a minute")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
