"""Pictures of the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt

from lamoon.evaluation.scores import Figure

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
