"""`python -m tools.evaluation [FILE ...]`: measures the newest model and writes reports/.

Without files: the project's own development and test questions, and its screening sets twice, by the rules alone and by
the whole model. Exit codes: 0 all demands held, 1 a demand was missed, 2 something is missing or cannot be read.
`--calibrate FILE ...` prints the weights of confidence that fit the files best, for config.yml; use development questions
only. Every run prints what has changed since the last release; `--release` keeps the figures of this run as that release.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.launch.model_file import newest_model
from tools.evaluation.parser import Parse, fit_confidence, load_parser
from tools.evaluation.report import RELEASED, compare, keep, main_figures, write_report
from tools.evaluation.scores import outcome, understanding_thresholds
from tools.evaluation.screening import ORDINARY, REPORTS, evaluate_all
from tools.labelled import read_questions
from tools.threshold import Threshold


def main(arguments: list[str]) -> int:
    """Runs the evaluation; returns the exit code."""
    try:
        parse = load_parser(newest_model())
        if arguments[:1] == ["--calibrate"]:
            questions = [question for file in arguments[1:] for question in read_questions(Path(file))]
            print(fit_confidence(questions, parse))
            return 0
        release = arguments[:1] == ["--release"]
        named = arguments[1:] if release else arguments
        files = [Path(name) for name in named] or list(ORDINARY)
        thresholds = [threshold for file in files for threshold in _understanding(file, parse, release)]
        thresholds += [] if named else [*evaluate_all(), *evaluate_all(parse)]
        return 0 if all(threshold.held for threshold in thresholds) else 1
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


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
