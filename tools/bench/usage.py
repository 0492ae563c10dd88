"""Processor time and memory by process, as the kernel counts them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tools.bench.servers import tree

MEGABYTE = 1024 / 1e6
"""Megabytes per kernel kB."""


def processor_seconds(pids: Iterable[int]) -> float:
    """Return the processor time of these processes and their descendants since their start; the kernel counts in steps
    of mostly 10 ms.
    """
    ticks = 0
    for pid in pids:
        for one in tree(pid):
            with suppress(OSError):  # it has just ended
                fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pids: Iterable[int]) -> tuple[float, float]:
    """Return the megabytes of these processes and their descendants: resident (RSS), and proportional (PSS)."""
    resident = shared = 0.0
    for pid in pids:
        for one in tree(pid):
            with suppress(OSError):
                lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8").splitlines()
                found = {line.split(":")[0]: float(line.split()[1]) * MEGABYTE for line in lines[1:]}
                resident, shared = resident + found["Rss"], shared + found["Pss"]
    return resident, shared
