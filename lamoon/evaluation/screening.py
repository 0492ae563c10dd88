"""Screening, measured: recall by condition and style, false alarms, the worst misses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamoon.errors import EvaluationError
from lamoon.evaluation.bars import Bar
from lamoon.evaluation.scores import Figure
from lamoon.screening import Screener

QUIET = ("none", "inform")
EXAMPLE = '{"text": "I have DVT", "expect": "warn", "conditions": ["blood_clot"], "style": "plain"}'


@dataclass(frozen=True)
class Screened:
    """A message, what is expected of it, and what the screening made of it."""

    text: str
    accepted: tuple[str, ...]
    conditions: tuple[str, ...]
    style: str
    outcome: str

    @property
    def expect(self) -> str:
        """The first choice: emergency, warn, ask_doctor, inform or no_warn."""
        return self.accepted[0]

    @property
    def right(self) -> bool:
        """Whether the outcome is an accepted one; `no_warn` and `inform` accept any silence about the visitor."""
        if self.expect in ("no_warn", "inform"):
            return self.outcome in QUIET or self.outcome in self.accepted
        return self.outcome in self.accepted

    @property
    def flagged(self) -> bool:
        """Whether it said anything about the visitor's own health."""
        return self.outcome not in QUIET


def evaluate_screening(file: Path, reports: Path) -> list[Bar]:
    """Measures the screening on a file, prints and writes `<file>.md`; returns the demands.

    Raises:
        EvaluationError: naming the file and line that cannot be read.
    """
    screener = Screener.load()
    screened = [_screen(entry, screener) for entry in _entries(file)]
    bars = screening_bars(screened)
    reports.mkdir(parents=True, exist_ok=True)
    report = reports / f"{file.stem}.md"
    report.write_text("\n".join(_lines(file.stem, screened, bars)) + "\n", encoding="utf-8")
    print(f"\n{file.name} -> {report}")
    for bar in bars:
        print(f"  {bar}")
    return bars


def screening_bars(screened: Sequence[Screened]) -> list[Bar]:
    """The project's first demands on screening."""
    alarms = _share([s.flagged for s in screened if s.expect == "no_warn"])
    return [
        Bar("emergencies found", _recall(screened, "emergency").share, 0.90),
        Bar("contraindications warned about", _recall(screened, "warn").share, 0.90),
        Bar("false alarms", alarms.share, 0.10, at_most=True),
    ]


def _entries(file: Path) -> Iterable[dict[str, Any]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            yield {"text": entry["text"], "expect": entry["expect"], **entry}
        except (ValueError, KeyError, TypeError) as problem:
            raise EvaluationError(f"{file}, line {number}: {problem!r}; expected for example {EXAMPLE}") from None


def _screen(entry: dict[str, Any], screener: Screener) -> Screened:
    accepted = (entry["expect"], *entry.get("accept", []))
    outcome = screener.screen(entry["text"])["outcome"]
    return Screened(entry["text"], accepted, tuple(entry.get("conditions", [])), entry.get("style", ""), outcome)


def _recall(screened: Sequence[Screened], expect: str) -> Figure:
    return _share([s.right for s in screened if s.expect == expect])


def _share(hits: Sequence[bool]) -> Figure:
    return Figure(sum(hits), len(hits))


def _lines(name: str, screened: Sequence[Screened], bars: Sequence[Bar]) -> list[str]:
    lines = [
        f"# Screening, measured on {name}",
        "",
        f"{len(screened)} messages.",
        "",
        "| expected | right |",
        "|---|---|",
    ]
    lines += [f"| {expect} | {_recall(screened, expect)} |" for expect in dict.fromkeys(s.expect for s in screened)]
    lines += ["", "## Demands", "", *(f"- {bar}" for bar in bars)]
    lines += ["", "## By condition (emergencies and warnings)", "", "| condition | right |", "|---|---|"]
    serious = [s for s in screened if s.expect in ("emergency", "warn")]
    for condition in sorted({condition for s in serious for condition in s.conditions}):
        lines.append(f"| {condition} | {_share([s.right for s in serious if condition in s.conditions])} |")
    lines += ["", "## By style", "", "| style | right |", "|---|---|"]
    for style in sorted({s.style for s in screened}):
        lines.append(f"| {style} | {_share([s.right for s in screened if s.style == style])} |")
    lines += ["", "## Misses", "", "| expected | got | message |", "|---|---|---|"]
    misses = sorted((s for s in screened if not s.right), key=lambda s: s.expect != "emergency")
    lines += [f"| {s.expect} | {s.outcome} | {s.text.replace('|', '/')[:160]} |" for s in misses]
    return lines
