"""`python -m tools.bench.load [--postgres URL]`: what `make bench-load` calls.

Drives the conversations of the scenario files through real gateways, by layout: first as fast as 16 visitors write who
wait only for their answers; then at a fixed rate, alternating with Rasa's default pipeline behind `rasa run` at a fifth
of it.

Exit codes: 0 every target is met, 1 one is missed, 2 something has to be corrected first.
"""

from __future__ import annotations

import argparse
import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvloop

from lamoon.errors import LamoonError
from lamoon.project import PROJECT
from tools.bench.load.driver import Driver, GatewayTalk, RestTalk
from tools.bench.load.figures import Figures, figures_of, load_table, memory_table, process_table, write_figures
from tools.bench.load.layouts import Layout, Running, assistant, plain_rasa
from tools.bench.load.plain import trained
from tools.bench.load.scripts import Script, endless, load_scripts
from tools.bench.sides import install_baseline, machine, say
from tools.bench.usage import memory, processor_seconds
from tools.threshold import Threshold, report

WORK = PROJECT / "reports" / "bench-load"
FIFTH = 5
MOONSHOT_MS = 50.0
WARM_UP_SECONDS = 4.0
SQLITE = Layout()
SCALED = tuple(Layout(rasa, gateways, postgres=True) for rasa, gateways in itertools.product((1, 2, 4), (1, 2)))
PLAIN = "Rasa's default pipeline"


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit code."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that its servers end with it
    WORK.mkdir(parents=True, exist_ok=True)
    layouts = [SQLITE, *(SCALED if options.postgres else ())]
    try:
        bench = Bench(options.seconds, options.visitors, options.postgres)
        found = [] if options.only_rate else [bench.layout(layout) for layout in layouts]
        against = [] if options.skip_rate else bench.against_plain(options.rate, options.rounds)
    except (LamoonError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    write_figures([*found, *against], machine(), WORK / f"load-{time.strftime('%Y%m%d-%H%M%S')}.json")
    for shown in (load_table, process_table, memory_table):
        print(shown([*found, *against]))
    return report(demands(against))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.load", description="Measures the assistant under load, beside Rasa's default."
    )
    parser.add_argument("--postgres", default="", metavar="URL", help="also measure several of each, on this server")
    parser.add_argument("--visitors", type=_positive, default=16, help="who write as soon as they are answered")
    parser.add_argument("--seconds", type=_positive, default=20, help="of each run")
    parser.add_argument("--rate", type=_positive, default=60, help="turns a second beside the default's fifth of it")
    parser.add_argument("--rounds", type=_positive, default=3, help="alternations with the default")
    parser.add_argument("--skip-rate", action="store_true", help="no comparison: TensorFlow is not needed")
    parser.add_argument("--only-rate", action="store_true", help="nothing but the comparison")
    return parser.parse_args(arguments)


def _positive(words: str) -> int:
    number = int(words)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{words} is not a positive whole number")
    return number


class Bench:
    """Runs of `seconds` each; `postgres` is the address of a server on which schemas may be made."""

    def __init__(self, seconds: float, visitors: int, postgres: str) -> None:
        self._seconds = seconds
        self._visitors = visitors
        self._postgres = postgres
        self._scripts = load_scripts()

    def layout(self, layout: Layout) -> Figures:
        """Measure the throughput of these visitors."""
        say(f"{layout.name}, {self._visitors} visitors")
        with self._assistant(layout) as running:
            return self._measured(layout.name, running, self._visitors, None, 1)

    def against_plain(self, rate: float, rounds: int) -> list[Figures]:
        """Measure a rate, alternating with a fifth of it on Rasa's default. Each has all processors while it is
        measured.
        """
        install_baseline()
        side, model = trained(WORK)
        layout = Layout(rasa=2, postgres=True) if self._postgres else SQLITE
        found = []
        with self._assistant(layout) as ours, plain_rasa(side, model, WORK / "plain") as theirs:
            for number in range(rounds):
                say(f"Round {number + 1} of {rounds}: {rate:g} turns a second, and {rate / FIFTH:g}")
                found.append(self._measured(layout.name, ours, MOST_VISITORS, rate, number))
                found.append(self._measured(PLAIN, theirs, MOST_VISITORS, rate / FIFTH, number))
        return found

    @contextmanager
    def _assistant(self, layout: Layout) -> Iterator[Running]:
        folder = WORK / layout.name.replace(",", "").replace(" ", "-").lower() / f"{time.time_ns()}"
        with assistant(layout, folder, self._postgres) as running:
            yield running

    def _measured(self, name: str, running: Running, visitors: int, rate: float | None, seed: int) -> Figures:
        return drive(name, running, endless(self._scripts, seed), visitors, self._seconds, rate, WARM_UP_SECONDS)


MOST_VISITORS = 64
"""Conversations that are open when messages fall due at a rate; a gateway takes 200 connections of an address."""


def drive(
    name: str,
    running: Running,
    scripts: Iterator[Script],
    visitors: int,
    seconds: float,
    rate: float | None = None,
    warm_up: float = 0.0,
) -> Figures:
    """Run once against running servers. Raises BenchmarkError when no message is answered."""
    marks: list[tuple[dict[str, float], int]] = []

    def mark() -> None:
        pids = running.all_pids()
        marks.append(({one: processor_seconds(own) for one, own in pids.items()}, running.transactions()))

    addresses = itertools.cycle(running.addresses)
    kind = RestTalk if name == PLAIN else GatewayTalk
    driver = Driver(lambda session: kind(session, next(addresses)), scripts, visitors, mark)
    before = os.getloadavg()[0]
    load = uvloop.run(driver.run(seconds, warm_up, rate))
    (began, first), (ended, last) = marks
    held = {one: memory(own) for one, own in running.all_pids().items()}
    used = {one: seconds - began.get(one, 0.0) for one, seconds in ended.items()}
    return figures_of(name, visitors, rate, load, used, held, last - first, before)


def demands(found: Sequence[Figures]) -> list[Threshold]:
    """Return the targets of the assistant against Rasa's default, by the medians of the rounds."""
    ours, theirs = ([one for one in found if (one.name == PLAIN) is plain] for plain in (False, True))
    if not ours or not theirs:
        return []
    rate = ours[0].rate or 0.0
    median = sorted(one.p95 for one in ours)[len(ours) // 2]
    limit = sorted(one.p95 for one in theirs)[len(theirs) // 2]
    answered = min(one.turns_a_second for one in ours)
    return [
        Threshold("turns answered a second", answered, 0.97 * rate, form="{:.1f}"),
        Threshold(f"p95, ms; the default's at {rate / FIFTH:g} turns/s", median, limit, at_most=True, form="{:.0f}"),
        Threshold("messages without an answer", sum(sum(one.lost.values()) for one in ours), 0, True, "{:.0f}"),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
