"""The written report, and the changes since the last release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib import pyplot as plt

from lamoon.errors import EvaluationError
from lamoon.project import PROJECT
from tools.evaluation.scores import (
    Figure,
    Outcome,
    by_group,
    by_label,
    by_slice,
    by_voice,
    confidently_wrong,
    confusion,
    figure_table,
    in_top_three,
    reliability,
    turned_away,
)
from tools.labelled import GROUPS
from tools.markdown import shortened, table
from tools.threshold import Threshold

matplotlib.use("Agg")

COLOUR = "#3b6b63"


def draw_accuracy(figures: Mapping[str, Figure], path: Path) -> None:
    """Draw a bar for each label, with its 95 % interval."""
    names = sorted(figures, key=lambda name: figures[name].share)
    shares = [figures[name].share for name in names]
    spans = np.array([figures[name].interval for name in names]).T
    plt.figure(figsize=(8, 0.28 * len(names) + 1))
    plt.barh(names, shares, color=COLOUR)
    plt.hlines(names, spans[0], spans[1], color="#333333", linewidth=1)
    plt.xlim(0, 1)
    plt.xlabel("share right, with 95 % interval")
    _save(path)


def draw_confusion(labels: Sequence[str], table: npt.NDArray[np.int_], path: Path) -> None:
    """Draw a heat map of labels that are confused with another."""
    off = table - np.diag(np.diag(table))
    kept = [i for i in range(len(labels)) if off[i].sum() or off[:, i].sum()]
    if not kept:
        kept = list(range(len(labels)))
    shown = table[np.ix_(kept, kept)]
    names = [labels[i] for i in kept]
    side = 0.3 * len(kept) + 3
    plt.figure(figsize=(side, side))
    plt.imshow(shown / np.maximum(shown.sum(axis=1, keepdims=True), 1), cmap="Greens", vmin=0, vmax=1)
    plt.xticks(range(len(kept)), names, rotation=90, fontsize=7)
    plt.yticks(range(len(kept)), names, fontsize=7)
    for row, column in zip(*np.nonzero(shown), strict=True):
        plt.text(column, row, shown[row, column], ha="center", va="center", fontsize=6)
    plt.xlabel("read as")
    plt.ylabel("meant")
    _save(path)


def draw_reliability(rows: Sequence[tuple[float, float, int]], path: Path) -> None:
    """Draw the share right against confidence; a well-calibrated assistant lies on the diagonal."""
    plt.figure(figsize=(5, 5))
    plt.plot([0, 1], [0, 1], color="#aaaaaa", linestyle="--")
    plt.scatter([r[0] for r in rows], [r[1] for r in rows], s=[20 + r[2] for r in rows], color=COLOUR)
    plt.xlim(0, 1.02)
    plt.ylim(0, 1.02)
    plt.xlabel("confidence")
    plt.ylabel("share right (size: number of questions)")
    _save(path)


def _save(path: Path) -> None:
    plt.tight_layout()
    plt.savefig(path, dpi=110)
    plt.close()


def write_report(name: str, outcomes: Sequence[Outcome], thresholds: Sequence[Threshold], folder: Path) -> Path:
    """Write `<name>.md` and its pictures.

    Args:
        name: of the question file, such as "nlu_test".
        outcomes: one a question.
        thresholds: demands to list.
        folder: made when missing.

    Returns:
        The path of the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw_accuracy(by_label(outcomes), folder / f"{name}_accuracy.png")
    draw_confusion(*confusion(outcomes), folder / f"{name}_confusion.png")
    draw_reliability(reliability(outcomes), folder / f"{name}_reliability.png")
    lines = [f"# Understanding, measured on {name}", "", f"{len(outcomes)} questions.", ""]
    lines += [figure_table("group", main_figures(outcomes), "right, or refused where out of scope")]
    lines += [figure_table("in scope, by how it is written", by_slice(outcomes))]
    if voices := by_voice(outcomes):
        lines += [figure_table("by voice", voices)]
    lines += ["## Demands", "", *(f"- {threshold}" for threshold in thresholds), ""]
    lines += ["## Accuracy by label", "", f"![accuracy]({name}_accuracy.png)", ""]
    lines += ["## What is confused", "", f"![confusion]({name}_confusion.png)", ""]
    lines += ["## Reliability of confidence", "", f"![reliability]({name}_reliability.png)", ""]
    wrong = sorted((o for o in outcomes if not (o.refused if _is_outside(o) else o.right)), key=lambda o: -o.confidence)
    rows = [(f"{o.confidence:.2f}", shortened(o.question.text), o.question.labels[0], o.label) for o in wrong]
    lines += [
        "## Wrong answers, the most confident first",
        "",
        table(("confidence", "message", "meant", "read as"), rows),
    ]
    path = folder / f"{name}.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def main_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return the figures for comparing runs, by name."""
    return {
        **{GROUPS[group]: figure for group, figure in by_group(outcomes).items()},
        "right topic among the three likeliest": in_top_three(outcomes),
        "confidently wrong about a topic": confidently_wrong(outcomes),
        "in scope, turned away": turned_away(outcomes),
    }


def _is_outside(outcome: Outcome) -> bool:
    return outcome.question.group in ("near", "far")


RELEASED = PROJECT / "docs" / "released-figures.json"


def compare(name: str, figures: Mapping[str, Figure], path: Path) -> list[str]:
    """Return a line for each figure that differs from the release, with a mark if the change is significant.

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
    """Store the figures as those of the release; those of other question files stay."""
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
            f"{path} holds no released figures ({problem}); expected JSON that --release writes. Delete it to start again."
        ) from None
    return figures
