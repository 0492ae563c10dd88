"""Targets for figures of evaluation and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """A target and the figure compared with it.

    Attributes:
        name: the name of the target.
        figure: the measurement.
        demand: the minimum; with `at_most`, the maximum.
        at_most: whether less is better.
        form: the format of the figure, with its unit: `"{:.1f} times"`.
    """

    name: str
    figure: float
    demand: float
    at_most: bool = False
    form: str = "{:.3f}"

    @property
    def held(self) -> bool:
        """Whether the figure meets the target."""
        return self.figure <= self.demand if self.at_most else self.figure >= self.demand

    @property
    def wanted(self) -> str:
        """The target in words."""
        return f"{'at most' if self.at_most else 'at least'} {self.demand:g}"

    @property
    def found(self) -> str:
        """The figure in words."""
        return self.form.format(self.figure)

    @property
    def verdict(self) -> str:
        """Whether it is met, in words; misses in capitals, to be visible in a long report."""
        return "held" if self.held else "NOT HELD"

    def __str__(self) -> str:
        return f"{self.name}: {self.found} ({self.wanted}) {self.verdict}"


def report(thresholds: Sequence[Threshold]) -> int:
    """Print each target; return the exit code of a command: 0 if all are met, otherwise 1."""
    for threshold in thresholds:
        print(f"  {threshold}")
    return 0 if all(threshold.held for threshold in thresholds) else 1
