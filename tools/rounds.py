"""Development rounds: messages written before the work and scored once, with the figures of that first pass.

A round's files lie in `tests/data/` and are named `<set>_round<number>_<date>.jsonl`, with set `nlu` or `safety`.
`docs/first-passes.json` stores the figures; the tables of the documentation are generated from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lamoon.errors import EvaluationError
from tools.evaluation.scores import Figure
from tools.markdown import table

ROUND = re.compile(r"(?P<set>nlu|safety)_round(?P<number>\d+)_(?P<date>\d{4}-\d\d-\d\d)\.jsonl")
FIRST_PASSES = "docs/first-passes.json"
UNDERSTANDING, SCREENING, RULES = "understanding", "screening", "screening by the rules alone"
MAIN, BY_VOICE, BY_SLICE = "all", "by voice", "by slice"
EXAMPLE = '{"1": {"date": "2026-11-29", "understanding": {"all": {"other intents": [118, 126]}}}}'

FEWEST_SHOWN = 5

Groups = Mapping[str, Mapping[str, Figure]]
"""Figures by name, by `all`, `by voice` and `by slice`."""


@dataclass(frozen=True)
class FirstPass:
    """The figures of a round, by what was measured."""

    number: int
    date: str
    figures: Mapping[str, Groups]


@dataclass(frozen=True)
class Target:
    """The target of a figure."""

    demand: float
    at_most: bool = False

    def missed(self, figure: Figure) -> bool:
        """Return whether the share is on the wrong side."""
        return figure.share > self.demand if self.at_most else figure.share < self.demand

    def __str__(self) -> str:
        return f"at most {self.demand:g}" if self.at_most else f"{self.demand:g}"


TARGETS: Mapping[str, Mapping[str, Target]] = {
    UNDERSTANDING: {
        "topics, as real visitors ask": Target(0.90),
        "topics, as typed in chat": Target(0.97),
        "right topic among the three likeliest": Target(0.995),
        "in everyday words for body and complaint": Target(0.90),
        "confidently wrong about a topic": Target(0.05, at_most=True),
        "other intents": Target(0.95),
        "far out of scope": Target(0.95),
        "near out of scope": Target(0.92),
        "in scope, turned away": Target(0.04, at_most=True),
    },
    SCREENING: {
        "emergencies found": Target(0.99),
        "contraindications warned about": Target(0.96),
        "contraindications with any reaction": Target(0.95),
        "any reaction where one is needed": Target(0.98),
        "false alarms on look-alikes": Target(0.04, at_most=True),
        "false alarms on ordinary questions": Target(0.003, at_most=True),
    },
}


def round_files(folder: Path, number: int) -> dict[str, Path]:
    """Return the files of a round by set. Raises EvaluationError if one is missing."""
    found = {
        match["set"]: path
        for path in sorted(folder.iterdir())
        if (match := ROUND.fullmatch(path.name)) and int(match["number"]) == number
    }
    for name in ("nlu", "safety"):
        if name not in found:
            raise EvaluationError(f"{folder} has no {name}_round{number}_<date>.jsonl, which round {number} needs")
    return found


def parse_first_passes(text: str, path: Path | str) -> list[FirstPass]:
    """Return the rounds of the file, oldest first. Raises EvaluationError if it cannot be read."""
    try:
        return sorted((_first_pass(*item) for item in json.loads(text).items()), key=lambda one: one.number)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise EvaluationError(f"{path} holds no first passes ({problem!r}); expected for example {EXAMPLE}") from None


def _first_pass(number: str, entry: Mapping[str, object]) -> FirstPass:
    figures = {name: _groups(groups) for name, groups in entry.items() if name != "date"}
    return FirstPass(int(number), str(entry["date"]), figures)


def _groups(groups: object) -> Groups:
    if not isinstance(groups, dict):
        raise TypeError(f"{groups!r} is not an object")
    return {
        group: {name: Figure(hits, total) for name, (hits, total) in figures.items()}
        for group, figures in groups.items()
    }


def read_first_passes(path: Path) -> list[FirstPass]:
    """Load a file as `parse_first_passes` does; a missing file has no rounds."""
    return parse_first_passes(path.read_text(encoding="utf-8"), path) if path.exists() else []


def refuse_second_pass(number: int, path: Path) -> None:
    """Raise EvaluationError when the round is published: messages that influenced a change measure nothing new."""
    if any(one.number == number for one in read_first_passes(path)):
        raise EvaluationError(
            f"{path} has the first pass of round {number} already, and it stays; expected the number of a new round"
        )


def publish(first: FirstPass, path: Path) -> None:
    """Add a round's figures to the file. Raises EvaluationError as `refuse_second_pass`."""
    refuse_second_pass(first.number, path)
    before = read_first_passes(path)
    path.write_text(json.dumps({str(one.number): _written(one) for one in (*before, first)}, indent=1) + "\n", "utf-8")


def _written(one: FirstPass) -> dict[str, object]:
    figures = {
        measured: {group: {name: [f.hits, f.total] for name, f in kept.items()} for group, kept in groups.items()}
        for measured, groups in one.figures.items()
    }
    return {"date": one.date, **figures}


def curve(first_passes: list[FirstPass], measured: str) -> str:
    """Return the table of one measurement's main figures, one column per round; figures that miss their target are
    bold.
    """
    rounds = [one for one in first_passes if measured in one.figures]
    targets = TARGETS.get(measured, {})
    names = dict.fromkeys([*targets, *(name for one in rounds for name in one.figures[measured][MAIN])])
    rows = [
        (name, str(targets.get(name, "")), *(_cell(one.figures[measured][MAIN], name, targets) for one in rounds))
        for name in names
    ]
    return table(("", "target", *(f"round {one.number}, {one.date}" for one in rounds)), rows)


def _cell(figures: Mapping[str, Figure], name: str, targets: Mapping[str, Target]) -> str:
    if name not in figures:
        return ""
    cell = str(figures[name])
    share, space, rest = cell.partition(" ")
    return f"**{share}**{space}{rest}" if name in targets and targets[name].missed(figures[name]) else cell


def latest(first_passes: list[FirstPass], measured: str, group: str) -> str:
    """Return the table of one group of the newest round, lowest share first."""
    rounds = [one for one in first_passes if group in one.figures.get(measured, {})]
    figures = rounds[-1].figures[measured][group] if rounds else {}
    rows = sorted(shown(figures).items(), key=lambda item: (item[1].share, item[0]))
    return table((group.removeprefix("by "), "right"), ((name, str(figure)) for name, figure in rows))


def shown(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Drop figures of very few messages, which would reveal single results."""
    return {name: figure for name, figure in figures.items() if figure.total >= FEWEST_SHOWN}


def sections(first_passes: list[FirstPass], measured: str) -> Iterator[str]:
    """Yield the tables of a page: the curve, then the newest round by voice and by slice."""
    yield curve(first_passes, measured)
    for group in (BY_VOICE, BY_SLICE):
        yield latest(first_passes, measured, group)
