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
from lamoon.project import PROJECT
from tools.evaluation.calibration import fit_confidence
from tools.evaluation.parser import Parse, load_parser
from tools.evaluation.questions import read_questions
from tools.evaluation.released import RELEASED, compare, keep
from tools.evaluation.report import main_figures, write_report
from tools.evaluation.scores import outcome
from tools.evaluation.screening import FILES, ORDINARY, evaluate_ordinary, evaluate_screening
from tools.evaluation.threshold import Threshold, understanding_bars

REPORTS = PROJECT / "reports"
UNDERSTANDING = ORDINARY
SCREENING = FILES


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
        files = [Path(name) for name in named] or list(UNDERSTANDING)
        bars = [bar for file in files for bar in _understanding(file, parse, release)]
        bars += [] if named else [*_screening(None), *_screening(parse)]
        return 0 if all(bar.held for bar in bars) else 1
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _understanding(file: Path, parse: Parse, release: bool) -> list[Threshold]:
    outcomes = [outcome(question, parse(question.text)) for question in read_questions(file)]
    bars = understanding_bars(outcomes)
    print(f"\n{file.name} -> {write_report(file.stem, outcomes, bars, REPORTS)}")
    for bar in bars:
        print(f"  {bar}")
    figures = main_figures(outcomes)
    for line in compare(file.stem, figures, RELEASED):
        print(f"  {line}")
    if release:
        keep(file.stem, figures, RELEASED)
    return bars


def _screening(parse: Parse | None) -> list[Threshold]:
    bars = [bar for file in SCREENING for bar in evaluate_screening(file, REPORTS, parse)]
    return bars + [evaluate_ordinary(file, parse) for file in ORDINARY]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
