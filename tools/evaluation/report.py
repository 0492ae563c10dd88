"""The written report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt

from tools.evaluation.questions import GROUPS
from tools.evaluation.scores import (
    Figure,
    Outcome,
    by_group,
    by_label,
    by_slice,
    confidently_wrong,
    confusion,
    in_top_three,
    reliability,
    turned_away,
)
from tools.evaluation.threshold import Threshold

matplotlib.use("Agg")
from matplotlib import pyplot as plt

COLOUR = "#3b6b63"


def draw_accuracy(figures: Mapping[str, Figure], path: Path) -> None:
    """A bar for each label, with its 95 % interval."""
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
    """A heat map; only labels that are confused with another are shown."""
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
    """Share right against confidence; a well-calibrated assistant lies on the line."""
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


def write_report(name: str, outcomes: Sequence[Outcome], bars: Sequence[Threshold], folder: Path) -> Path:
    """Writes `<name>.md` and its pictures.

    Args:
        name: of the question file, such as "nlu_test".
        outcomes: one a question.
        bars: demands to list.
        folder: made when missing.

    Returns:
        The path of the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw_accuracy(by_label(outcomes), folder / f"{name}_accuracy.png")
    draw_confusion(*confusion(outcomes), folder / f"{name}_confusion.png")
    draw_reliability(reliability(outcomes), folder / f"{name}_reliability.png")
    lines = [f"# Understanding, measured on {name}", "", f"{len(outcomes)} questions.", ""]
    lines += ["| group | right, or refused where out of scope |", "|---|---|"]
    lines += [f"| {group} | {figure} |" for group, figure in main_figures(outcomes).items()]
    lines += ["", "| in scope, by how it is written | right |", "|---|---|"]
    lines += [f"| {name} | {figure} |" for name, figure in by_slice(outcomes).items()] + [""]
    lines += ["## Demands", "", *(f"- {bar}" for bar in bars), ""]
    lines += ["## Accuracy by label", "", f"![accuracy]({name}_accuracy.png)", ""]
    lines += ["## What is confused", "", f"![confusion]({name}_confusion.png)", ""]
    lines += ["## Reliability of confidence", "", f"![reliability]({name}_reliability.png)", ""]
    lines += [
        "## Wrong answers, the most confident first",
        "",
        "| confidence | message | meant | read as |",
        "|---|---|---|---|",
    ]
    wrong = sorted((o for o in outcomes if not (o.refused if _is_outside(o) else o.right)), key=lambda o: -o.confidence)
    lines += [f"| {o.confidence:.2f} | {_cell(o.question.text)} | {o.question.labels[0]} | {o.label} |" for o in wrong]
    path = folder / f"{name}.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """The figures that runs are compared by, by name."""
    return {
        **{GROUPS[group]: figure for group, figure in by_group(outcomes).items()},
        "right topic among the three likeliest": in_top_three(outcomes),
        "confidently wrong about a topic": confidently_wrong(outcomes),
        "in scope, turned away": turned_away(outcomes),
    }


def _is_outside(outcome: Outcome) -> bool:
    return outcome.question.group in ("near", "far")


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")[:160]
