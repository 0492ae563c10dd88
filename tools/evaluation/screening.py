"""`python -m tools.evaluation.screening [FILE ...] [--model [FILE]]`: measures the screening and writes reports/.

Without files: the project's own development and test messages, and false alarms on its ordinary questions. Without
`--model` the rules of the catalogue alone; with it the whole understanding of a trained model (the newest one, unless it
is named), second opinion included. Exit codes: 0 all demands held, 1 a demand was missed, 2 something is missing or
cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lamoon.errors import EvaluationError, LamoonError
from lamoon.launch.model_file import newest_model
from lamoon.project import PROJECT
from lamoon.screening.screener import shared_screener
from tools.evaluation.questions import read_questions
from tools.evaluation.scores import Figure
from tools.evaluation.screened import (
    Screen,
    Screened,
    any_flag,
    false_alarms,
    needless_questions,
    ordinary_messages,
    read_told,
    recall,
    right_by,
    screen_all,
    worst_misses,
)
from tools.evaluation.threshold import Threshold

DATA = PROJECT / "tests" / "data"
REPORTS = PROJECT / "reports"
FILES = tuple(
    DATA / f"{name}.jsonl" for name in ("safety_dev", "safety_test", "safety_strangers_dev", "safety_strangers_test")
)
ORDINARY = (DATA / "nlu_dev.jsonl", DATA / "nlu_test.jsonl")
NEWEST = ""

Parse = Callable[[str], Mapping[str, Any]]


def main(arguments: list[str]) -> int:
    """Runs the command; returns the exit code."""
    options = _options(arguments)
    try:
        parse = None if options.model is None else _load(options.model)
        files = [Path(file) for file in options.files]
        bars = [bar for file in files or FILES for bar in evaluate_screening(file, REPORTS, parse)]
        bars += [] if files else [evaluate_ordinary(file, parse) for file in ORDINARY]
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0 if all(bar.held for bar in bars) else 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.evaluation.screening", description="Measures the screening.")
    parser.add_argument("files", nargs="*", help="labelled messages, a JSON object a line")
    parser.add_argument("--model", nargs="?", const=NEWEST, help="the whole understanding; without a name the newest")
    return parser.parse_args(arguments)


def _load(model: str) -> Parse:
    from tools.evaluation.parser import load_parser  # Rasa takes seconds, and the rules do without it

    path = Path(model) if model else newest_model()
    if not path.is_file():
        raise EvaluationError(f"{path} is no model; expected a .tar.gz that `make train` wrote")
    return load_parser(path)


def evaluate_screening(file: Path, reports: Path, parse: Parse | None = None) -> list[Threshold]:
    """Measures the screening on a file, prints the demands and writes `<file>.md`, or `<file>_model.md` with a model.

    Args:
        file: labelled messages; see `read_told`.
        reports: the folder of the report; made when missing.
        parse: the trained model, whose parse results carry `safety`; None: the rules alone.

    Returns:
        The demands.

    Raises:
        EvaluationError: naming the file and line that cannot be read, or a model that does not screen.
    """
    screened = screen_all(read_told(file), _screen(parse))
    bars = screening_bars(screened)
    reports.mkdir(parents=True, exist_ok=True)
    report = reports / f"{file.stem}{'_model' if parse else ''}.md"
    what = "the whole understanding" if parse else "the rules alone"
    report.write_text("\n".join(_lines(f"{file.stem}, {what}", screened, bars)) + "\n", encoding="utf-8")
    print(f"\n{file.name}, {what} -> {report}")
    for bar in bars:
        print(f"  {bar}")
    return bars


def evaluate_ordinary(file: Path, parse: Parse | None = None) -> Threshold:
    """Measures and prints false alarms on ordinary questions about the guide, the studio and bookings.

    Args:
        file: labelled questions; see `read_questions`.
        parse: as in `evaluate_screening`.

    Returns:
        The demand.

    Raises:
        EvaluationError: as `evaluate_screening`.
    """
    screened = screen_all(ordinary_messages(read_questions(file)), _screen(parse))
    bar = Threshold("false alarms on ordinary questions", false_alarms(screened).share, 0.01, at_most=True)
    print(f"\n{file.name}, {len(screened)} ordinary questions\n  {bar}")
    print(f"  needless questions about health: {needless_questions(screened)}")
    return bar


def _screen(parse: Parse | None) -> Screen:
    if parse is None:
        return shared_screener().screen

    def screen(text: str) -> Mapping[str, Any]:
        parsed = parse(text)
        if "safety" not in parsed:
            raise EvaluationError("This model does not screen: its parse results have no `safety`. Run: make train")
        safety: Mapping[str, Any] = parsed["safety"]
        return safety

    return screen


def screening_bars(screened: Sequence[Screened]) -> list[Threshold]:
    """The demands on screening; those on a kind of messages that is not there are left out."""
    ordinary = [s for s in screened if not s.told.stranger]
    strange = [s for s in screened if s.told.stranger]
    demands = [
        ("emergencies found", recall(ordinary, "emergency"), 0.98),
        ("emergencies found, strangers' wording", recall(strange, "emergency"), 0.90),
        ("contraindications warned about", recall(ordinary, "warn"), 0.97),
        ("contraindications warned about, strangers' wording", recall(strange, "warn"), 0.92),
        ("any reaction where one is needed", any_flag(ordinary), 0.99),
    ]
    bars = [Threshold(name, figure.share, demand) for name, figure, demand in demands if figure.total]
    alarms = false_alarms(screened)
    return [*bars, Threshold("false alarms", alarms.share, 0.04, at_most=True)] if alarms.total else bars


def _lines(name: str, screened: Sequence[Screened], bars: Sequence[Threshold]) -> list[str]:
    lines = [f"# Screening, measured on {name}", "", f"{len(screened)} messages.", ""]
    lines += _table("expected", right_by(screened, "expect"))
    lines += [
        f"| any reaction where one is needed | {any_flag(screened)} |",
        f"| false alarms | {false_alarms(screened)} |",
        f"| needless questions about health | {needless_questions(screened)} |",
    ]
    lines += ["", "## Demands", "", *(f"- {bar}" for bar in bars)]
    lines += [
        "",
        "## By condition (where a reaction is needed)",
        "",
        *_table("condition", right_by(screened, "condition")),
    ]
    lines += ["", "## By style", "", *_table("style", right_by(screened, "style"))]
    lines += ["", "## Misses, the worst first", "", "| expected | got | message |", "|---|---|---|"]
    return lines + [f"| {s.expect} | {_got(s)} | {_cell(s.told.text)} |" for s in worst_misses(screened)]


def _table(head: str, figures: Mapping[str, Figure]) -> list[str]:
    return [f"| {head} | right |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in figures.items())]


def _got(one: Screened) -> str:
    return f"{one.outcome}, asked" if one.asked else one.outcome


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:160]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
