"""Questions with what was made of them, without a model."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.evaluation.scores import Outcome
from tools.labelled import Group, Question

MakeOutcome = Callable[..., Outcome]


@pytest.fixture(scope="session")
def make_outcome() -> MakeOutcome:
    """Build an outcome: what was meant, what it was read as, the group, how sure."""

    def build(
        meant: str,
        read: str,
        group: Group = "real",
        *,
        best: str = "",
        confidence: float = 0.9,
        text: str = "words",
        slices: tuple[str, ...] = (),
        nearest: tuple[str, ...] = (),
    ) -> Outcome:
        question = Question(text, tuple(meant.split()), group, slices)
        return Outcome(question, read, best or read, confidence, nearest)

    return build
