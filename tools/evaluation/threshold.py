"""What must hold, and whether it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.evaluation.scores import Outcome, by_group, by_slice, confidently_wrong, in_top_three, turned_away

SLICES = {"lay": 0.86, "typo": 0.92}


@dataclass(frozen=True)
class Threshold:
    """One demand and the figure it is held against."""

    name: str
    figure: float
    demand: float
    at_most: bool = False

    @property
    def held(self) -> bool:
        """Whether the figure meets the demand."""
        return self.figure <= self.demand if self.at_most else self.figure >= self.demand

    def __str__(self) -> str:
        sign = "at most" if self.at_most else "at least"
        return f"{self.name}: {self.figure:.3f} ({sign} {self.demand:.2f}) {'held' if self.held else 'NOT HELD'}"


def understanding_bars(outcomes: Sequence[Outcome]) -> list[Threshold]:
    """The project's demands on understanding; those on a slice that no question belongs to are left out."""
    figures, slices = by_group(outcomes), by_slice(outcomes)
    return [
        Threshold("topic right, as real visitors ask", figures["real"].share, 0.90),
        Threshold("topic right, as typed in chat", figures["written"].share, 0.94),
        *(Threshold(f"right, {name}", slices[name].share, demand) for name, demand in SLICES.items() if name in slices),
        Threshold("right topic among the three likeliest", in_top_three(outcomes).share, 0.97),
        Threshold("confidently wrong", confidently_wrong(outcomes).share, 0.05, at_most=True),
        Threshold("other intents right", figures["other"].share, 0.93),
        Threshold("far out of scope refused", figures["far"].share, 0.97),
        Threshold("near out of scope refused", figures["near"].share, 0.88),
        Threshold("in scope, turned away", turned_away(outcomes).share, 0.06, at_most=True),
    ]
