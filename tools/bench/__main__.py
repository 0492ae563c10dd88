"""`python -m tools.bench [--skip-baseline]`: what `make bench` calls. `python -m tools.bench.screening` compares the screening.

Exit codes: 0 every target is met, 1 one is missed, 2 something has to be corrected first (the message says what).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from lamoon.project import PROJECT
from tools.bench.measure import measure
from tools.bench.results import Results, judge, markdown, read_results, terminal, write_results
from tools.bench.sides import (
    EPOCHS,
    BenchmarkError,
    Partial,
    baseline,
    install_baseline,
    machine,
    project,
    say,
    take_snapshot,
    versions,
)

HERE = Path(__file__).resolve().parent
WORK = PROJECT / "reports" / "bench"
BUSY = 0.5


def main(arguments: list[str]) -> int:
    """Run everything; return the exit code."""
    options = _options(arguments)
    try:
        stored = read_results(HERE / "results.json") if options.skip_baseline else None
        results = _run(WORK, options, stored)
    except (BenchmarkError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    # A trial must not replace the figures of a real run.
    _write(results, HERE if results.epochs == EPOCHS else WORK)
    print(terminal(results))
    return 0 if all(threshold.held for threshold in judge(results.project, results.baseline)) else 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench", description="Measures La Moon beside Rasa's default."
    )
    parser.add_argument("--skip-baseline", action="store_true", help="take the stored figures of Rasa's default")
    parser.add_argument(
        "--phrases", type=int, default=20, help="training phrases a label, for both sides; 0: all, which takes hours"
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _run(work: Path, options: argparse.Namespace, stored: Results | None) -> Results:
    work.mkdir(parents=True, exist_ok=True)
    if stored:
        say("!!! --skip-baseline: Rasa's default is NOT measured; its stored figures are used.")
    else:
        install_baseline()
    if os.getloadavg()[0] > BUSY:
        say(f"!!! The machine is busy (load {os.getloadavg()[0]:.2f}): times will be too long for both sides.")
    about, data = machine(), take_snapshot(work / "snapshot", options.phrases)
    sides = [project(work)] if stored else [project(work), baseline(options.epochs)]
    found = {side.title: versions(side) for side in sides}
    figures = measure(sides, work / "snapshot", work, Partial(work / "partial.json"))
    now = time.strftime("%Y-%m-%d %H:%M")
    if stored:
        asked = len(stored.baseline.served), len(figures["project"].served)
        if len(set(asked)) > 1:
            raise BenchmarkError("The stored baseline was asked {} questions, not {}. Run: make bench".format(*asked))
        versions_of_both = stored.versions | found
        ours = figures["project"]
        return replace(stored, date=now, machine=about, data=data, versions=versions_of_both, project=ours)
    return Results(
        date=now,
        epochs=options.epochs,
        machine=about,
        data=data,
        versions=found,
        project=figures["project"],
        baseline=figures["baseline"],
        baseline_date=now,
        baseline_data=data,
    )


def _write(results: Results, folder: Path) -> None:
    write_results(results, folder / "results.json")
    (folder / "results.md").write_text(markdown(results), encoding="utf-8")
    say(f"Written: {folder / 'results.md'} and results.json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
