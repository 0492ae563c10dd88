"""`python -m tools.bench.turn [--rounds 5]`: the cost of one turn over Rasa's REST channel by part, at turn 1 and turn
500.

Starts Rasa and the action server on free ports with their own data. The same messages are sent as first messages of new
conversations and, alternating with these, to conversations of 500 turns. Prints the milliseconds that a caller waits
(median) and the processor milliseconds of each part (mean), as tables for docs/performance.md.

Exit codes: 0 every target is met, 1 one is missed, 2 something has to be corrected first.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from lamoon.launch.commands import LOOPBACK, action_server, rasa_server, serving_environment
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from tools.bench.parts import HTTP
from tools.bench.servers import READY_SECONDS, end, free_port
from tools.markdown import table
from tools.threshold import Threshold, report

WALL_MOST = 9.0
"""Milliseconds from sending the message to reading the replies, at the median, on idle cores."""
GROWTH_MOST = 1.2
"""Maximum additional milliseconds of a turn in a long conversation."""
LONG: Final = 500
FIRST, LATER = "turn 1", f"turn {LONG}"

MESSAGES: Final[Mapping[str, Sequence[str]]] = {
    "a question": (
        "does the pressure get painful at any point",
        "how many visits before i notice something",
        "do you have somewhere for my car",
        "hi there",
    ),
    "two questions": ("what is fascia and how long do you hold a spot?", "does it hurt? and where are you?"),
    "a button": ("What is fascia?", "What are the benefits of MFR?"),
    "a fact of the studio, by the action server": ("when are you open", "what would an hour with you set me back"),
}


@dataclass(frozen=True)
class Turn:
    """One message: its kind, its position in the conversation, and the caller's waiting time."""

    kind: str
    place: str
    wall: float


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.turn", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each message is sent at each place")
    rounds = parser.parse_args(arguments).rounds
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that its servers end with it
    try:
        with tempfile.TemporaryDirectory() as folder, _servers(Path(folder)) as (client, actions, notes):
            turns, spent, served = _measured(client, notes, actions, rounds)
    except (FileNotFoundError, TimeoutError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return _report(turns, spent, served)


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[httpx.Client, int, Path]]:
    """Yield a client of Rasa's REST channel, the process of the action server, and the file with the parts of each
    turn.
    """
    ports = {f"LAMOON_{name}_PORT": str(free_port()) for name in ("RASA", "ACTIONS", "GATEWAY")}
    variables = {**ports, "LAMOON_DATA": str(folder)}
    settings = load_settings(variables)
    clean = {name: value for name, value in serving_environment().items() if not name.startswith("LAMOON_")}
    notes = folder / "turns.jsonl"
    rasa = rasa_server(settings, with_api=False).words
    at = rasa.index("lamoon.logs")
    commands = (action_server(settings).words, (*rasa[:at], "tools.bench.parts", str(notes), *rasa[at + 1 :]))
    with ExitStack() as stack:
        log, pids = stack.enter_context((folder / "servers.log").open("wb")), []
        for words in commands:
            process = subprocess.Popen(
                words, cwd=PROJECT, env=clean | variables, stdout=log, stderr=log, start_new_session=True
            )
            stack.callback(end, process)
            pids.append(process.pid)
        address = f"http://{LOOPBACK}:{settings.rasa_port}"
        client = stack.enter_context(httpx.Client(base_url=address, trust_env=False, timeout=60))
        _wait_for_answer(client, folder / "servers.log")
        yield client, pids[0], notes


def _wait_for_answer(client: httpx.Client, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if client.get("/webhooks/rest/").status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    print(log.read_text(encoding="utf-8", errors="replace")[-2000:], file=sys.stderr)
    raise TimeoutError(f"Rasa did not answer within {READY_SECONDS:.0f} seconds. Does `make api` work?")


def _measured(
    client: httpx.Client, notes: Path, actions: int, rounds: int
) -> tuple[list[Turn], list[dict[str, float]], float]:
    """Return the turns, their cost by part, and the action server's total milliseconds."""
    every = [(kind, text) for kind, texts in MESSAGES.items() for text in texts]
    long = uuid.uuid4().hex
    for number in range(LONG):
        _ask(client, long, every[number % len(every)][1])
    for _, text in every:  # warms up code that only first turns use
        _ask(client, uuid.uuid4().hex, text)
    before, turns = _processor_milliseconds(actions), []
    for _ in range(rounds):
        for kind, text in every:
            turns.append(Turn(kind, FIRST, _ask(client, uuid.uuid4().hex, text)))
            turns.append(Turn(kind, LATER, _ask(client, long, text)))
    served = _processor_milliseconds(actions) - before
    _ask(client, uuid.uuid4().hex, "hi")  # ends the last turn
    lines = notes.read_text(encoding="utf-8").splitlines()
    return turns, [json.loads(line) for line in lines[-len(turns) :]], served


def _ask(client: httpx.Client, sender: str, text: str) -> float:
    began = time.perf_counter()
    client.post("/webhooks/rest/webhook", json={"sender": sender, "message": text}).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _processor_milliseconds(pid: int) -> float:
    """Return the processor time of a process and its threads; the kernel counts in steps of mostly 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _report(turns: list[Turn], spent: list[dict[str, float]], served: float) -> int:
    """Print the tables and the targets; return the exit code."""
    by_place = {
        place: [cost for turn, cost in zip(turns, spent, strict=True) if turn.place == place]
        for place in (FIRST, LATER)
    }
    names = sorted({name for cost in spent for name in cost}, key=lambda name: (name == HTTP, -_mean(spent, name)))
    rows = [(name, *(f"{_mean(costs, name):.2f}" for costs in by_place.values())) for name in names]
    sums = [f"{statistics.fmean(sum(cost.values()) for cost in costs):.2f}" for costs in by_place.values()]
    with_actions = sum(turn.kind == list(MESSAGES)[-1] for turn in turns)
    print(f"{len(turns)} turns, processor ms a turn (mean)\n")
    print(table(("part of Rasa's process", *by_place), [*rows, ("together", *sums)], aligned=True))
    print(f"The action server's own process: {served / with_actions:.1f} ms a call\n")
    print("Waited for, ms (median)\n")
    kinds = [(kind, *(f"{_wait(turns, place, kind):.1f}" for place in by_place)) for kind in (*MESSAGES, "")]
    print(table(("message", *by_place), [(kind or "all", *rest) for kind, *rest in kinds], aligned=True))
    first, later = _wait(turns, FIRST), _wait(turns, LATER)
    return report(
        [
            Threshold("first turn, ms", first, WALL_MOST, at_most=True, form="{:.1f}"),
            Threshold(f"turn {LONG} by turn 1", later / first, GROWTH_MOST, at_most=True, form="{:.2f}"),
        ]
    )


def _mean(costs: Sequence[Mapping[str, float]], name: str) -> float:
    return statistics.fmean(cost.get(name, 0.0) for cost in costs)


def _wait(turns: Sequence[Turn], place: str, kind: str = "") -> float:
    return statistics.median(turn.wall for turn in turns if turn.place == place and kind in ("", turn.kind))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
