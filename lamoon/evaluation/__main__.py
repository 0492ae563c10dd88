"""`python -m lamoon.evaluation [FILE ...]`: measures the newest model and writes reports/.

Without files: the project's own development and test questions and its screening sets. Exit codes: 0 all demands held,
1 a demand was missed, 2 something is missing or cannot be read. `--calibrate FILE ...` prints the weights of confidence
that fit the files best, for config.yml; use development questions only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.evaluation.bars import Bar, understanding_bars
from lamoon.evaluation.calibration import fit_confidence
from lamoon.evaluation.questions import read_questions
from lamoon.evaluation.report import write_report
from lamoon.evaluation.scores import outcome
from lamoon.evaluation.screening import evaluate_screening
from lamoon.launch.commands import newest_model
from lamoon.nlu.parser import Parse, load_parser
from lamoon.settings import PROJECT

DATA = PROJECT / "tests" / "data"
REPORTS = PROJECT / "reports"
UNDERSTANDING = (DATA / "nlu_dev.jsonl", DATA / "nlu_test.jsonl")
SCREENING = (DATA / "safety_dev.jsonl", DATA / "safety_test.jsonl")


def main(arguments: list[str]) -> int:
    """Runs the evaluation; returns the exit code."""
    try:
        parse = load_parser(newest_model())
        if arguments[:1] == ["--calibrate"]:
            questions = [question for file in arguments[1:] for question in read_questions(Path(file))]
            print(fit_confidence(questions, parse))
            return 0
        files = [Path(argument) for argument in arguments] or list(UNDERSTANDING)
        missed = [bar for file in files for bar in _understanding(file, parse) if not bar.held]
        if not arguments:
            missed += [bar for file in SCREENING for bar in evaluate_screening(file, REPORTS) if not bar.held]
        return 1 if missed else 0
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _understanding(file: Path, parse: Parse) -> list[Bar]:
    outcomes = [outcome(question, parse(question.text)) for question in read_questions(file)]
    bars = understanding_bars(outcomes)
    print(f"\n{file.name} -> {write_report(file.stem, outcomes, bars, REPORTS)}")
    for bar in bars:
        print(f"  {bar}")
    return bars


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
