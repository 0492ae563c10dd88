"""The figures of the last released model, and what has changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lamoon.errors import EvaluationError
from lamoon.project import PROJECT
from tools.evaluation.scores import Figure

RELEASED = PROJECT / "docs" / "released-figures.json"


def compare(name: str, figures: Mapping[str, Figure], path: Path) -> list[str]:
    """A line for each figure that differs from the release, with a mark where the change is more than chance.

    Args:
        name: of the question file, such as "nlu_test".
        figures: of this run.
        path: of the released figures; a missing file means that nothing was released yet.

    Raises:
        EvaluationError: when the file cannot be read.
    """
    before = _read(path).get(name, {})
    lines = []
    for figure_name, figure in figures.items():
        if figure_name in before and [figure.hits, figure.total] != before[figure_name]:
            old = Figure(*before[figure_name])
            mark = "" if _overlap(old, figure) else ", more than chance"
            change = figure.share - old.share
            lines.append(
                f"since the release, {figure_name}: {old.share:.3f} -> {figure.share:.3f} ({change:+.3f}{mark})"
            )
    return lines


def keep(name: str, figures: Mapping[str, Figure], path: Path) -> None:
    """Writes the figures as those of the release; other question files' stay."""
    kept = {figure_name: [figure.hits, figure.total] for figure_name, figure in figures.items()}
    path.write_text(json.dumps(_read(path) | {name: kept}, indent=1) + "\n", encoding="utf-8")


def _overlap(one: Figure, other: Figure) -> bool:
    (low, high), (other_low, other_high) = one.interval, other.interval
    return low <= other_high and other_low <= high


def _read(path: Path) -> dict[str, dict[str, list[int]]]:
    if not path.exists():
        return {}
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(figures, dict):
            raise ValueError("not an object")
    except ValueError as problem:
        raise EvaluationError(
            f"{path} holds no released figures ({problem}); expected JSON that --release writes. Delete it to start anew."
        ) from None
    return figures
