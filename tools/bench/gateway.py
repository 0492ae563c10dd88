"""`python -m tools.bench.gateway [--turns 200]`: the gateway's overhead over Rasa's own REST channel, side by side in
one run. Starts Rasa, the action server and the gateway on free ports with their own data. It alternately asks Rasa's
REST channel and the gateway the same question in conversations of the same length; the gateway's time is from sending a
message to reading its answer in the stream, with everything kept on disk.

Exit codes: 0 every target is met, 1 one is missed, 2 something has to be corrected first.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tools.bench.servers import assistant
from tools.threshold import Threshold, report

OVERHEAD_MOST = 4.0
"""Maximum overhead of the gateway in milliseconds, at the median."""
REPLY_MOST = 150.0
"""Maximum milliseconds from sending "hi" to reading the first reply, at the median."""
TURNS_EACH = 5
"""Turns per conversation, because Rasa's time grows with its length."""


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.gateway", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=200, help="messages to each side")
    turns = parser.parse_args(arguments).turns
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that its servers end with it
    try:
        with tempfile.TemporaryDirectory() as folder, assistant(Path(folder)) as (rasa, front, _):
            direct, through = _measure(rasa, front, turns)
    except (FileNotFoundError, TimeoutError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return _report(direct, through)


def _measure(rasa: str, front: str, turns: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each turn through Rasa's REST channel, and through the gateway."""
    direct: list[float] = []
    through: list[float] = []
    with httpx.Client(base_url=rasa, trust_env=False, timeout=30) as rest:
        for _ in range(turns // TURNS_EACH + 1):  # the first conversation of each side warms up
            sender = uuid.uuid4().hex
            with conversation(front) as ask:
                for _ in range(TURNS_EACH):
                    began = time.perf_counter()
                    rest.post("/webhooks/rest/webhook", json={"sender": sender, "message": "hi"}).raise_for_status()
                    direct.append((time.perf_counter() - began) * 1000)
                    through.append(next(ask))
    return direct[TURNS_EACH:], through[TURNS_EACH:]


@contextmanager
def conversation(front: str) -> Iterator[Iterator[float]]:
    """Return the milliseconds from sending "hi" to reading the reply, repeatedly."""
    with httpx.Client(base_url=front, trust_env=False, timeout=30) as client:
        token = client.post("/chat/conversations").raise_for_status().json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        with client.stream("GET", "/chat/stream", headers=headers) as answer:
            lines = answer.iter_lines()

            def ask() -> Iterator[float]:
                while True:
                    body = {"client_id": str(uuid.uuid4()), "text": "hi"}
                    began = time.perf_counter()
                    client.post("/chat/messages", json=body, headers=headers).raise_for_status()
                    while not _is_reply(next(lines)):
                        pass
                    yield (time.perf_counter() - began) * 1000

            yield ask()


def _is_reply(line: str) -> bool:
    return line.startswith("data: ") and json.loads(line[6:]).get("from") == "bot"


def _report(direct: list[float], through: list[float]) -> int:
    """Print the figures; return the exit code."""
    one, other = statistics.median(direct), statistics.median(through)
    thresholds = [
        Threshold("added, ms", other - one, OVERHEAD_MOST, at_most=True, form="{:.1f}"),
        Threshold("first reply, ms", other, REPLY_MOST, at_most=True, form="{:.1f}"),
    ]
    print(f"{len(direct)} turns each, alternating; medians in milliseconds")
    print(f"  Rasa's REST          {one:7.1f}")
    print(f"  through the gateway  {other:7.1f}   ratio {other / one:.2f}")
    return report(thresholds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
