"""A demand on a figure, and whether the figure meets it: for evaluation and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """One demand and the figure it is compared with.

    Attributes:
        name: what is demanded.
        figure: what was measured.
        demand: the least figure that will do; with `at_most`, the greatest.
        at_most: whether less is better.
        form: how the figure is written, with its unit: `"{:.1f} times"`.
    """

    name: str
    figure: float
    demand: float
    at_most: bool = False
    form: str = "{:.3f}"

    @property
    def held(self) -> bool:
        """Whether the figure meets the demand."""
        return self.figure <= self.demand if self.at_most else self.figure >= self.demand

    @property
    def wanted(self) -> str:
        """The demand in words."""
        return f"{'at most' if self.at_most else 'at least'} {self.demand:g}"

    @property
    def found(self) -> str:
        """The figure in words."""
        return self.form.format(self.figure)

    @property
    def verdict(self) -> str:
        """Whether it is met, in words; misses in capitals, which are seen in a long report."""
        return "held" if self.held else "NOT HELD"

    def __str__(self) -> str:
        return f"{self.name}: {self.found} ({self.wanted}) {self.verdict}"


def report(thresholds: Sequence[Threshold]) -> int:
    """Prints each, for a command; returns its exit code: 0 where all are held, otherwise 1."""
    for threshold in thresholds:
        print(f"  {threshold}")
    return 0 if all(threshold.held for threshold in thresholds) else 1
