"""`python -m tools.bench.edge [--turns 200]`: the effect of 300 half-open requests and 50 giant headers a second on a
visitor.

The real assistant on free ports. First a visitor alone, then the same while another process keeps the half-open
requests and sends the headers, 20 MB each. Memory is the gateway's.

Exit codes: 0 every target is met, 1 one is missed, 2 something has to be corrected first.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from tools.bench.gateway import TURNS_EACH, conversation
from tools.bench.servers import assistant, resident_megabytes
from tools.threshold import Threshold, report

SLOWER_MOST = 2.0
"""Maximum ratio of the slowest twentieth of answers."""
MEMORY_MOST = 20.0
"""Maximum growth of the gateway in megabytes."""
HALF_REQUESTS = 300
GIANTS = 50
GIANT_BYTES = 20_000_000
PAUSE_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.edge", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=200, help="messages in each half of the run")
    turns = parser.parse_args(arguments).turns
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that its servers end with it
    try:
        with tempfile.TemporaryDirectory() as folder, assistant(Path(folder)) as (_, front, gateway):
            _turns(front, turns // 4, lambda: 0.0)
            alone, before = _turns(front, turns, lambda: resident_megabytes(gateway))
            with _attack(front):
                beside, most = _turns(front, turns, lambda: resident_megabytes(gateway))
    except (FileNotFoundError, TimeoutError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return _report(alone, beside, most - before)


def _turns(front: str, turns: int, memory: Callable[[], float]) -> tuple[list[float], float]:
    """Return the milliseconds of each turn, and the peak memory between them."""
    taken: list[float] = []
    most = 0.0
    while len(taken) < turns:
        with conversation(front) as ask:
            for milliseconds in itertools.islice(ask, TURNS_EACH):
                taken.append(milliseconds)
                most = max(most, memory())
    return taken, most


@contextmanager
def _attack(front: str) -> Iterator[None]:
    """Run another process that attacks for the duration of the block."""
    place = urlsplit(front)
    process = multiprocessing.get_context("spawn").Process(target=_attacker, args=(place.hostname, place.port))
    process.start()
    time.sleep(2 * PAUSE_SECONDS)
    try:
        yield
    finally:
        process.kill()
        process.join()


def _attacker(host: str, port: int) -> None:
    with ThreadPoolExecutor(GIANTS) as threads:
        for _ in range(GIANTS):
            threads.submit(_send_giants, host, port)
        while True:
            half = [socket.create_connection((host, port)) for _ in range(HALF_REQUESTS)]
            for connection in half:
                with suppress(OSError):
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: " + b"a" * 1000)
            time.sleep(5)
            for connection in half:
                connection.close()


def _send_giants(host: str, port: int) -> None:
    giant = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Giant: " + b"a" * GIANT_BYTES
    while True:
        with suppress(OSError), socket.create_connection((host, port)) as connection:
            connection.sendall(giant)
        time.sleep(PAUSE_SECONDS)


def _report(alone: list[float], beside: list[float], grown: float) -> int:
    """Print the figures; return the exit code."""
    one, other = quantiles(alone, n=20)[-1], quantiles(beside, n=20)[-1]
    thresholds = [
        Threshold("under attack, times as long", other / one, SLOWER_MOST, at_most=True, form="{:.2f}"),
        Threshold("memory grows by, MB", grown, MEMORY_MOST, at_most=True, form="{:.1f}"),
    ]
    print(f"{len(alone)} turns each; 95th percentiles in milliseconds")
    print(f"  alone         {one:7.1f}")
    print(f"  under attack  {other:7.1f}")
    return report(thresholds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
