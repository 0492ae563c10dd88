"""The figures of a run, and their tables."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tools.bench.load.driver import Load
from tools.bench.sides import BenchmarkError
from tools.markdown import table


@dataclass(frozen=True)
class Figures:
    """One layout under one load.

    Attributes:
        name: of the layout.
        visitors: the number of concurrent visitors.
        rate: turns a second that fell due; None: each visitor wrote as soon as the last message was answered.
        turns: the number answered.
        turns_a_second: answered.
        p50, p95, p99: milliseconds that a visitor waited.
        lost: messages without an answer, by reason.
        processor: milliseconds a turn by process; `driver` is the visitors' own.
        resident, proportional: megabytes by process (RSS, PSS), at the end.
        transactions: of PostgreSQL, a turn.
        load_before, load_after: the machine's load average of a minute.
    """

    name: str
    visitors: int
    rate: float | None
    turns: int
    turns_a_second: float
    p50: float
    p95: float
    p99: float
    lost: dict[str, int]
    processor: dict[str, float]
    resident: dict[str, float]
    proportional: dict[str, float]
    transactions: float
    load_before: float
    load_after: float

    @property
    def servers_ms(self) -> float:
        """Processor milliseconds per turn of all processes except the driver."""
        return sum(used for name, used in self.processor.items() if name != "driver")


def percentiles(taken: Sequence[float]) -> tuple[float, float, float]:
    """Return the 50th, 95th and 99th percentile of seconds in milliseconds.

    Raises:
        BenchmarkError: for no turns.
    """
    if not taken:
        raise BenchmarkError("No message was answered. The servers' logs say why.")
    p50, p95, p99 = np.percentile(np.asarray(taken), (50, 95, 99)) * 1000
    return float(p50), float(p95), float(p99)


def figures_of(
    name: str,
    visitors: int,
    rate: float | None,
    load: Load,
    processor: dict[str, float],
    memory: dict[str, tuple[float, float]],
    transactions: int,
    load_before: float,
) -> Figures:
    """Return the figures of a load; `processor` in seconds by process. Raises BenchmarkError when nothing was
    answered.
    """
    p50, p95, p99 = percentiles(load.taken)
    turns = len(load.taken)
    spent = {**processor, "driver": load.driver_seconds}
    return Figures(
        name=name,
        visitors=visitors,
        rate=rate,
        turns=turns,
        turns_a_second=round(turns / load.seconds, 2),
        p50=round(p50, 1),
        p95=round(p95, 1),
        p99=round(p99, 1),
        lost=dict(load.lost),
        processor={one: round(used * 1000 / turns, 2) for one, used in spent.items()},
        resident={one: round(held[0], 1) for one, held in memory.items()},
        proportional={one: round(held[1], 1) for one, held in memory.items()},
        transactions=round(transactions / turns, 1),
        load_before=round(load_before, 2),
        load_after=round(os.getloadavg()[0], 2),
    )


def load_table(found: Sequence[Figures]) -> str:
    """Return the table of speeds by layout."""
    head = ("layout", "load", "turns/s", "p50, ms", "p95, ms", "p99, ms", "lost", "machine's load")
    rows = [
        (
            one.name,
            f"{one.rate:g} turns/s" if one.rate else f"{one.visitors} visitors",
            f"{one.turns_a_second:.1f}",
            *(f"{value:.0f}" for value in (one.p50, one.p95, one.p99)),
            str(sum(one.lost.values())),
            f"{one.load_before:.1f} to {one.load_after:.1f}",
        )
        for one in found
    ]
    return table(head, rows, aligned=True)


def process_table(found: Sequence[Figures]) -> str:
    """Return the table of processor time by process."""
    names = list(dict.fromkeys(name for one in found for name in one.processor))
    names.sort(key=lambda name: name == "driver")
    rows = []
    for one in found:
        used = (f"{one.processor[name]:.1f}" if name in one.processor else "" for name in names)
        rows.append((one.name, *used, f"{one.servers_ms:.1f}", f"{one.transactions:.0f}" if one.transactions else ""))
    return table(("processor ms a turn", *names, "servers together", "transactions"), rows, aligned=True)


def memory_table(found: Sequence[Figures]) -> str:
    """Return the table of memory by process."""
    names = list(dict.fromkeys(name for one in found for name in one.resident))
    rows = []
    for one in found:
        held = (
            f"{one.resident[name]:.0f} / {one.proportional[name]:.0f}" if name in one.resident else "" for name in names
        )
        total = f"{sum(one.resident.values()):.0f} / {sum(one.proportional.values()):.0f}"
        rows.append((one.name, *held, total))
    return table(("MB, resident / proportional", *names, "together"), rows, aligned=True)


def write_figures(found: Sequence[Figures], about: dict[str, str], file: Path) -> None:
    """Store a run as JSON."""
    content = {"about": about, "runs": [asdict(one) for one in found]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
