"""Benchmark of channels under load: 1,000 people at once, and a platform that hangs while another is used.

`PYTHONPATH=.:tests python -m tools.bench.channels [people]`; a scripted Rasa answers immediately, so that only the
gateway is measured.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from channels.simulator.platform import Fault, Simulator
from channels.simulator.platforms import SIMULATORS
from web.fixtures import FAST, settings_in
from web.serving import GatewayProcess, ScriptedRasa, Serving, until

MESSAGES = 2
"""Messages per person, one right after the other."""
WRITERS = 32
ROUNDS = 60
CYCLES = 3
HANGING = 20
"""Concurrent requests to the hanging platform, which stay unanswered."""


@contextmanager
def gateway(*simulators: Simulator) -> Iterator[None]:
    """Run a gateway process behind these platforms."""
    rasa = ScriptedRasa()
    with tempfile.TemporaryDirectory() as folder, Serving(rasa.app) as behind:
        settings = settings_in(Path(folder), behind.port)
        variables = {
            "LAMOON_DATA": folder,
            "LAMOON_STUDIO": str(settings.studio),
            "LAMOON_RASA_PORT": str(behind.port),
            "LAMOON_ACTIONS_PORT": str(settings.actions_port),
        }
        for simulator in simulators:
            variables |= simulator.variables()
        process = GatewayProcess(variables | FAST, Path(folder) / "gateway.log")
        process.start()
        for simulator in simulators:
            simulator.gateway = process.url
        try:
            yield
        finally:
            process.stop()


def crowd(people: int) -> str:
    """Let everybody write at once; report whether each read every answer once and in order, and how long it took."""
    telegram = SIMULATORS["telegram"]()
    with telegram.serving, gateway(telegram):
        began = time.perf_counter()
        with ThreadPoolExecutor(WRITERS) as threads:
            list(threads.map(lambda number: _writes(telegram, telegram.address(number)), range(people)))
        acknowledged = time.perf_counter() - began
        expected = people * (MESSAGES + 1)  # the consent line comes first
        until(lambda: len(telegram.sent) >= expected, "all answers", 600)
        seconds = time.perf_counter() - began
        time.sleep(2)
        wrong = sum(
            [sent.text for sent in telegram.inbox(telegram.address(number))][1:]
            != [f"re {turn}" for turn in range(MESSAGES)]
            for number in range(people)
        )
    return (
        f"{people} people, {people * MESSAGES} messages: acknowledged in {acknowledged:.1f} s, answered in {seconds:.1f} s, "
        f"{len(telegram.sent) - expected} too many, {wrong} people with a wrong order or number"
    )


def _writes(simulator: Simulator, address: str) -> None:
    for turn in range(MESSAGES):
        simulator.insist(simulator.text(address, str(turn)))


def hang(seconds: float = 30.0) -> str:
    """Return the median reply time on one platform, alone and while another one hangs, measured alternately."""
    telegram, other = SIMULATORS["telegram"](), SIMULATORS["sms"]()
    alone, beside = [], []
    with telegram.serving, other.serving, gateway(telegram, other):
        _reply_times(telegram)  # warm
        _all_write(other)
        until(lambda: len(other.sent) == 2 * HANGING, "the consent line and the answer")
        for _ in range(CYCLES):
            alone += _reply_times(telegram)
            expected = len(other.sent) + HANGING
            other.faults.extend(Fault(0, seconds=seconds) for _ in range(HANGING))
            _all_write(other)
            until(lambda: not other.faults, "the other platform to hang")
            beside += _reply_times(telegram)
            assert len(other.sent) < expected, "it did not hang as long as that"
            until(lambda expected=expected: len(other.sent) >= expected, "the end of it", 4 * seconds)
            time.sleep(1)
    quick, slow = statistics.median(alone), statistics.median(beside)
    return (
        f"median reply {quick * 1000:.1f} ms alone, {slow * 1000:.1f} ms beside a platform that hangs {seconds:.0f} s "
        f"({100 * (slow / quick - 1):+.0f} %, {len(beside)} replies each, in {CYCLES} turns)"
    )


def _all_write(simulator: Simulator) -> None:
    for number in range(HANGING):
        simulator.insist(simulator.text(simulator.address(number), "hi"))


def _reply_times(simulator: Simulator) -> list[float]:
    address = simulator.address(0)
    times = []
    for _ in range(ROUNDS):
        before = len(simulator.inbox(address))
        began = time.perf_counter()
        simulator.insist(simulator.text(address, "hi"))
        until(lambda before=before: len(simulator.inbox(address)) > before, "the reply")
        times.append(time.perf_counter() - began)
    return times


if __name__ == "__main__":
    print(hang())
    print(crowd(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
