"""`lamoon evaluate [FILE ...]`: measures the newest model and writes reports/.

Without files: the project's own development and test questions, and its screening sets twice, by the rules alone and by
the whole model. Every run prints what has changed since the last release.

* `--release` stores the figures of this run as those of the release.
* `--round N` scores the messages of a round once and publishes the figures as its first pass; see `tools/rounds.py`.
* `--leave-voices-out` tunes and trains without the phrases of some voices and measures on these; needs no trained
  model. `--generic FILE` names the generic questions for the encoder, as for `lamoon tune`.

Exit codes: 0 all targets met, 1 a target was missed, 2 something is missing or cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.launch.model_file import newest_model
from lamoon.project import PROJECT
from tools.evaluation.first_pass import first_pass
from tools.evaluation.parser import Parse, load_parser
from tools.evaluation.report import RELEASED, compare, keep, main_figures, write_report
from tools.evaluation.scores import outcome, understanding_thresholds
from tools.evaluation.screening import DATA, ORDINARY, REPORTS, evaluate_all
from tools.evaluation.voices import leave_voices_out
from tools.labelled import read_questions
from tools.rounds import FIRST_PASSES
from tools.threshold import Threshold


def main(arguments: list[str]) -> int:
    """Run the evaluation; return the exit code."""
    options = _options(arguments)
    files = [Path(name) for name in options.files]
    try:
        if options.leave_voices_out:
            print(f"-> {leave_voices_out(REPORTS, options.generic)}")
            return 0
        parse = load_parser(newest_model())
        if options.round is not None:
            report = first_pass(options.round, DATA, parse, REPORTS, PROJECT / FIRST_PASSES)
            print(
                f"-> {FIRST_PASSES} and {report}. Write the tables of the pages: python -m tools.checks --write-reference"
            )
            return 0
        thresholds = [
            threshold for file in files or ORDINARY for threshold in _understanding(file, parse, options.release)
        ]
        thresholds += [] if files else [*evaluate_all(), *evaluate_all(parse)]
        return 0 if all(threshold.held for threshold in thresholds) else 1
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lamoon evaluate", description="Measures understanding and screening.")
    parser.add_argument("files", nargs="*", help="labelled questions, a JSON object a line")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--release", action="store_true", help="keep the figures as those of the release")
    ways.add_argument("--round", type=int, metavar="N", help="publish the first pass of a round")
    ways.add_argument(
        "--leave-voices-out", action="store_true", help="measure on phrases of voices left out of training"
    )
    parser.add_argument("--generic", type=Path, help="with --leave-voices-out: what holds the encoder")
    return parser.parse_args(arguments)


def _understanding(file: Path, parse: Parse, release: bool) -> list[Threshold]:
    outcomes = [outcome(question, parse(question.text)) for question in read_questions(file)]
    thresholds = understanding_thresholds(outcomes)
    print(f"\n{file.name} -> {write_report(file.stem, outcomes, thresholds, REPORTS)}")
    for threshold in thresholds:
        print(f"  {threshold}")
    figures = main_figures(outcomes)
    for line in compare(file.stem, figures, RELEASED):
        print(f"  {line}")
    if release:
        keep(file.stem, figures, RELEASED)
    return thresholds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
