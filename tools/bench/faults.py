"""Random faults under load, for docs/scaling.md.

`PYTHONPATH=.:tests python -m tools.bench.faults [--runs 24] [--seed 1] [--only "hung rasa"]` starts two machines with
`lamoon run` on their own PostgreSQL, and injects one fault per run. Exit codes: 0 nothing was lost, 1 something was.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from faults.storm import Storm


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each run; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="a fault that each run has, instead of random ones")
    parser.add_argument("--logs", type=Path, help="a new folder, which is kept")
    asked = parser.parse_args(arguments)
    dice = random.Random(asked.seed)
    failed = 0
    print("run | faults | messages | bookings | apologies | longest silence | recovery | seconds | problems")
    with tempfile.TemporaryDirectory() as folder, Storm(asked.logs or Path(folder)) as storm:
        for number in range(1, asked.runs + 1):
            began = time.monotonic()
            found = storm.run(dice, asked.only)
            failed += bool(found.problems)
            figures = (
                f"{found.messages} | {found.bookings} | {found.apologies} | {found.told:.1f} s | {found.recovery:.1f} s"
            )
            print(
                f"{number} | {', '.join(found.faults)} | {figures} | {time.monotonic() - began:.0f} | "
                f"{'; '.join(found.problems) or 'none'}",
                flush=True,
            )
    print(f"{asked.runs - failed} of {asked.runs} runs without a problem")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
