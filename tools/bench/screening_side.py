"""`python -m tools.bench.screening_side READER FILE ...`: measures one classifier in a separate process.

Prints one JSON object: `versions`, `load_seconds`, `memory_mb` (resident, over a bare interpreter with spaCy, after all
messages), `milliseconds` (one a message) and `outcomes` (by file, one a line).
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PASSES = 5
PACKAGES = ("spacy", "negspacy", "medspacy", "rapidfuzz")


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit code."""
    import spacy

    spacy.blank("en")("warm")
    before, started = _resident_mb(), time.perf_counter()
    from tools.bench.context_readers import READERS
    from tools.labelled import read_texts

    outcome = READERS[arguments[0]]()
    loaded = time.perf_counter() - started
    texts = {name: read_texts(Path(name)) for name in arguments[1:]}
    for text in (text for messages in texts.values() for text in messages):
        outcome(text)  # warms up caches filled at first use
    memory = _resident_mb() - before
    print(
        json.dumps(
            {
                "versions": _versions(),
                "load_seconds": loaded,
                "memory_mb": memory,
                "milliseconds": [_milliseconds(outcome, text) for messages in texts.values() for text in messages],
                "outcomes": {name: [outcome(text) for text in messages] for name, messages in texts.items()},
            }
        )
    )
    return 0


def _milliseconds(outcome: Callable[[str], str], text: str) -> float:
    """Return the median of several passes, so that other load of the machine does not distort single messages."""
    times = []
    for _ in range(PASSES):
        started = time.perf_counter()
        outcome(text)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _versions() -> dict[str, Any]:
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
