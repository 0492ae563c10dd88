"""What must hold, and whether it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lamoon.evaluation.scores import Outcome, by_group, confidently_wrong


@dataclass(frozen=True)
class Bar:
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


def understanding_bars(outcomes: Sequence[Outcome]) -> list[Bar]:
    """The project's demands on understanding."""
    figures = by_group(outcomes)
    return [
        Bar("topic right, as real visitors ask", figures["real"].share, 0.82),
        Bar("topic right, as typed in chat", figures["written"].share, 0.90),
        Bar("confidently wrong", confidently_wrong(outcomes).share, 0.10, at_most=True),
        Bar("far out of scope refused", figures["far"].share, 0.95),
        Bar("near out of scope refused", figures["near"].share, 0.70),
        Bar("other intents right", figures["other"].share, 0.88),
    ]
