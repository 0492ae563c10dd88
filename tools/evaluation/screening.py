"""`python -m tools.evaluation.screening [FILE ...] [--model [FILE]]`: measures the screening and writes reports/.

Without files: the project's own development and test messages, and false alarms on its ordinary questions. Without
`--model` the rules of the catalogue alone; with it the whole understanding of a trained model (the newest one, unless it
is named), second opinion included. Exit codes: 0 all targets met, 1 a target was missed, 2 something is missing or
cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from lamoon.errors import EvaluationError, LamoonError
from lamoon.launch.model_file import newest_model
from lamoon.project import PROJECT
from lamoon.screening.screener import shared_screener
from tools.evaluation.scores import Figure, figure_table
from tools.labelled import Question, read_entries, read_questions, text_of
from tools.markdown import shortened, table
from tools.threshold import Threshold

DATA = PROJECT / "tests" / "data"
REPORTS = PROJECT / "reports"
FILES = tuple(
    DATA / f"{name}.jsonl" for name in ("safety_dev", "safety_test", "safety_strangers_dev", "safety_strangers_test")
)
ORDINARY = (DATA / "nlu_dev.jsonl", DATA / "nlu_test.jsonl")
NEWEST = ""

Parse = Callable[[str], Mapping[str, Any]]

EXPECTED: Final = ("emergency", "warn", "ask_doctor", "inform", "no_warn")
ALARMS: Final = frozenset({"emergency", "warn", "ask_doctor"})
WORDINGS: Final = ("ordinary", "stranger")
EXAMPLE: Final = '{"text": "I have DVT", "expect": "warn", "conditions": ["blood_clot"], "style": "plain"}'
# Questions that may rightly be taken for a disclosure: "can I come with a clot", "if I am pregnant", "is it safe for me".
TOUCHING_HEALTH: Final = frozenset({"emergency", "report_condition", "faq/contraindications", "handoff_to_human"})
# Severity of a miss: the distance on this scale, doubled if too little was said.
_URGENCY: Final = {"none": 0, "no_warn": 0, "inform": 0, "ask_doctor": 1, "warn": 2, "emergency": 4}

Screen = Callable[[str], Mapping[str, Any]]
"""A function from a message to the `safety` of its parse result."""


@dataclass(frozen=True)
class LabelledMessage:
    """A labelled message.

    Attributes:
        text: the visitor's message.
        accepted: every right outcome; the first is the first choice.
        conditions: ids of its conditions.
        style: its style, such as "curt".
        stranger: whether it was written by a person who does not write patterns.
        voice: the fictional visitor.
    """

    text: str
    accepted: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    style: str = ""
    stranger: bool = False
    voice: str = ""


@dataclass(frozen=True)
class Screened:
    """A message and its screening; `asked`: the second opinion asks about the visitor's health."""

    message: LabelledMessage
    outcome: str
    asked: bool = False

    @property
    def expect(self) -> str:
        """The first choice: emergency, warn, ask_doctor, inform or no_warn."""
        return self.message.accepted[0]

    @property
    def right(self) -> bool:
        """Whether the outcome is accepted. If silence is right, so is information, and vice versa."""
        quiet = "no_warn" in self.message.accepted or self.expect == "inform"
        return self.outcome in self.message.accepted or (quiet and self.outcome not in ALARMS)

    @property
    def flagged(self) -> bool:
        """Whether the reply says or asks anything about the visitor's own health."""
        return self.outcome in ALARMS or self.asked

    @property
    def badness(self) -> int:
        """The severity: 0 for right; too little said counts double."""
        if self.right:
            return 0
        short = _URGENCY[self.expect] - _URGENCY[self.outcome]
        return 2 * short if short > 0 else 1 - short


def read_messages(path: Path) -> list[LabelledMessage]:
    """Read a file of labelled messages, one JSON object a line.

    A line has `text` and `expect`, and may have `accept` (further right outcomes), `conditions`, `style`, `voice`, and
    `wording` ("ordinary" or "stranger"). In a file with "stranger" in its name, "stranger" is the default.

    Raises:
        EvaluationError: naming the file and line that cannot be read, and what was expected.
    """
    wording = WORDINGS["stranger" in path.name]
    return read_entries(path, lambda entry: _message(entry, wording), "message", EXAMPLE)


def _message(entry: dict[str, Any], wording: str) -> LabelledMessage:
    accepted = (_choice(entry["expect"], "expect", EXPECTED), *_texts(entry, "accept"))
    for outcome in accepted:
        _choice(outcome, "accept", EXPECTED)
    wording = _choice(entry.get("wording", wording), "wording", WORDINGS)
    style, voice = (text_of({key: "", **entry}, key) for key in ("style", "voice"))
    stranger = wording == "stranger"
    return LabelledMessage(text_of(entry, "text"), accepted, _texts(entry, "conditions"), style, stranger, voice)


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise TypeError(f"`{key}` is not a list")
    return tuple(text_of({key: item}, key) for item in value)


def _choice(value: object, key: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise ValueError(f"`{key}` is {value!r}, not one of {', '.join(choices)}")
    return str(value)


def ordinary_messages(questions: Sequence[Question]) -> list[LabelledMessage]:
    """Return the questions about the guide, the studio and bookings that are unrelated to the visitor's health."""
    inside = (question for question in questions if question.group not in ("near", "far"))
    return [
        LabelledMessage(question.text, ("no_warn",))
        for question in inside
        if not TOUCHING_HEALTH & set(question.labels)
    ]


def screen_all(messages: Sequence[LabelledMessage], screen: Screen) -> list[Screened]:
    """Return the screening of each message."""
    found = [(message, screen(message.text)) for message in messages]
    return [Screened(message, safety["outcome"], bool(safety.get("question"))) for message, safety in found]


def recall(screened: Sequence[Screened], expect: str) -> Figure:
    """Return the share of right outcomes among messages with this first choice."""
    return _figure([s.right for s in screened if s.expect == expect])


def any_flag(screened: Sequence[Screened]) -> Figure:
    """Return the share of messages that need a reaction and got any, including a question about health."""
    return _figure([s.flagged for s in screened if s.expect in ALARMS])


def false_alarms(screened: Sequence[Screened]) -> Figure:
    """Return the share of messages that need nothing and got a warning, an emergency text or the advice to ask a
    doctor.
    """
    return _figure([s.outcome in ALARMS and not s.right for s in screened if s.expect == "no_warn"])


def needless_questions(screened: Sequence[Screened]) -> Figure:
    """Return the share of messages that need nothing and made the second opinion ask about health."""
    return _figure([s.asked for s in screened if s.expect == "no_warn"])


def right_by(screened: Sequence[Screened], by: Literal["expect", "style", "voice", "condition"]) -> dict[str, Figure]:
    """Return the share of right outcomes by expectation, style, voice, or condition (if a reaction is needed)."""
    groups: dict[str, list[bool]] = {}
    for one in screened:
        for key in _keys(one, by):
            groups.setdefault(key, []).append(one.right)
    return {key: _figure(groups[key]) for key in sorted(groups)}


def _keys(one: Screened, by: str) -> Iterator[str]:
    if by == "condition":
        yield from one.message.conditions if one.expect in ALARMS else ()
    else:
        key = {"style": one.message.style, "voice": one.message.voice}.get(by, one.expect)
        yield from (key,) if key or by != "voice" else ()


def worst_misses(screened: Sequence[Screened]) -> list[Screened]:
    """Return the wrong outcomes, worst first."""
    wrong = [one for one in screened if not one.right]
    return sorted(wrong, key=lambda one: (-one.badness, one.message.text))


def _figure(hits: Sequence[bool]) -> Figure:
    return Figure(sum(hits), len(hits))


def main(arguments: list[str]) -> int:
    """Run the command; return the exit code."""
    options = _options(arguments)
    try:
        parse = None if options.model is None else _load(options.model)
        files = [Path(file) for file in options.files]
        thresholds = evaluate_files(files, parse) if files else evaluate_all(parse)
    except (LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0 if all(threshold.held for threshold in thresholds) else 1


def evaluate_all(parse: Parse | None = None) -> list[Threshold]:
    """Evaluate the project's own messages, and false alarms on its ordinary questions; arguments as in
    `evaluate_screening`.
    """
    return [*evaluate_files(FILES, parse), *(evaluate_ordinary(file, parse) for file in ORDINARY)]


def evaluate_files(files: Iterable[Path], parse: Parse | None = None) -> list[Threshold]:
    """Call `evaluate_screening` for each file, into the folder of reports."""
    return [threshold for file in files for threshold in evaluate_screening(file, REPORTS, parse)]


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.evaluation.screening", description="Measures the screening.")
    parser.add_argument("files", nargs="*", help="labelled messages, a JSON object a line")
    parser.add_argument("--model", nargs="?", const=NEWEST, help="the whole understanding; without a name the newest")
    return parser.parse_args(arguments)


def _load(model: str) -> Parse:
    from tools.evaluation.parser import load_parser  # importing Rasa takes seconds, and the rules do not need it

    path = Path(model) if model else newest_model()
    if not path.is_file():
        raise EvaluationError(f"{path} is not a model; expected a .tar.gz that `make train` wrote")
    return load_parser(path)


def evaluate_screening(file: Path, reports: Path, parse: Parse | None = None) -> list[Threshold]:
    """Measure the screening on a file, print the targets and write `<file>.md`, or `<file>_model.md` with a model.

    Args:
        file: labelled messages; see `read_messages`.
        reports: the folder of the report; made when missing.
        parse: the trained model, whose parse results carry `safety`; None: the rules alone.

    Returns:
        The demands.

    Raises:
        EvaluationError: naming the file and line that cannot be read, or a model that does not screen.
    """
    screened = screen_all(read_messages(file), screen_of(parse))
    thresholds = screening_thresholds(screened)
    reports.mkdir(parents=True, exist_ok=True)
    report = reports / f"{file.stem}{'_model' if parse else ''}.md"
    what = "the whole understanding" if parse else "the rules alone"
    report.write_text(_report(f"{file.stem}, {what}", screened, thresholds), encoding="utf-8")
    print(f"\n{file.name}, {what} -> {report}")
    for threshold in thresholds:
        print(f"  {threshold}")
    return thresholds


def evaluate_ordinary(file: Path, parse: Parse | None = None) -> Threshold:
    """Measure and print false alarms on ordinary questions about the guide, the studio and bookings.

    Args:
        file: labelled questions; see `read_questions`.
        parse: as in `evaluate_screening`.

    Returns:
        The demand.

    Raises:
        EvaluationError: as `evaluate_screening`.
    """
    screened = screen_all(ordinary_messages(read_questions(file)), screen_of(parse))
    threshold = Threshold("false alarms on ordinary questions", false_alarms(screened).share, 0.01, at_most=True)
    print(f"\n{file.name}, {len(screened)} ordinary questions\n  {threshold}")
    print(f"  needless questions about health: {needless_questions(screened)}")
    return threshold


def screen_of(parse: Parse | None) -> Screen:
    """Return the screening function of a trained model; None: of the rules alone."""
    if parse is None:
        return shared_screener().screen

    def screen(text: str) -> Mapping[str, Any]:
        parsed = parse(text)
        if "safety" not in parsed:
            raise EvaluationError("This model does not screen: its parse results have no `safety`. Run: make train")
        safety: Mapping[str, Any] = parsed["safety"]
        return safety

    return screen


def screening_thresholds(screened: Sequence[Screened]) -> list[Threshold]:
    """Return the targets for screening; those for missing kinds of messages are left out."""
    ordinary = [s for s in screened if not s.message.stranger]
    strange = [s for s in screened if s.message.stranger]
    demands = [
        ("emergencies found", recall(ordinary, "emergency"), 0.98),
        ("emergencies found, strangers' wording", recall(strange, "emergency"), 0.90),
        ("contraindications warned about", recall(ordinary, "warn"), 0.97),
        ("contraindications warned about, strangers' wording", recall(strange, "warn"), 0.92),
        ("any reaction where one is needed", any_flag(ordinary), 0.99),
    ]
    thresholds = [Threshold(name, figure.share, demand) for name, figure, demand in demands if figure.total]
    alarms = false_alarms(screened)
    return [*thresholds, *([Threshold("false alarms", alarms.share, 0.04, at_most=True)] if alarms.total else [])]


def _report(name: str, screened: Sequence[Screened], thresholds: Sequence[Threshold]) -> str:
    figures = {
        **right_by(screened, "expect"),
        "any reaction where one is needed": any_flag(screened),
        "false alarms": false_alarms(screened),
        "needless questions about health": needless_questions(screened),
    }
    misses = [(one.expect, _got(one), shortened(one.message.text)) for one in worst_misses(screened)]
    parts = [
        f"# Screening, measured on {name}\n\n{len(screened)} messages.\n",
        figure_table("expected", figures),
        "## Demands\n",
        "\n".join(f"- {threshold}" for threshold in thresholds),
        "\n## By condition (where a reaction is needed)\n",
        figure_table("condition", right_by(screened, "condition")),
        "## By style\n",
        figure_table("style", right_by(screened, "style")),
        *(["## By voice\n", figure_table("voice", voices)] if (voices := right_by(screened, "voice")) else []),
        "## Misses, the worst first\n",
        table(("expected", "got", "message"), misses),
    ]
    return "\n".join(parts)


def _got(one: Screened) -> str:
    return f"{one.outcome}, asked" if one.asked else one.outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
