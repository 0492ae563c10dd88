"""The figures of a run, and how they are kept."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figures:
    """What was measured of one side.

    Attributes:
        train_nlu_seconds: `rasa train nlu`.
        train_all_seconds: `rasa train`; None where there is no dialogue model.
        model_mb: the model of `rasa train nlu`.
        ready_seconds: from `rasa run --enable-api` to ready.
        memory_mb: resident memory of the server after 50 questions.
        parse_p50_ms: `/model/parse`, median.
        parse_p95_ms: the same, 95th percentile.
        served: a sign for each test question: 1 the topic is right as it would be answered, 0 not.
        guessed: the same for the best guess, whether it is sure enough to be answered or not.
    """

    train_nlu_seconds: float
    train_all_seconds: float | None
    model_mb: float
    ready_seconds: float
    memory_mb: float
    parse_p50_ms: float
    parse_p95_ms: float
    served: str
    guessed: str


@dataclass(frozen=True)
class Results:
    """One run.

    Attributes:
        date: when it ended.
        epochs: how long the baseline trained; 100 unless it was a trial.
        machine: what it ran on.
        data: how many phrases, and a hash of them and the answers.
        versions: of Python and the packages that matter, by side.
        project, baseline: the figures.
        baseline_date, baseline_data: other than `date` and `data` where the baseline was not measured in this run.
    """

    date: str
    epochs: int
    machine: dict[str, str]
    data: dict[str, str]
    versions: dict[str, dict[str, str]]
    project: Figures
    baseline: Figures
    baseline_date: str
    baseline_data: dict[str, str]

    @property
    def is_one_run(self) -> bool:
        """Whether both sides were measured in it."""
        return self.date == self.baseline_date


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed.

    Raises:
        ValueError: for no values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def accuracy(signs: str) -> float:
    """The share of 1 in a row of signs."""
    return signs.count("1") / len(signs)


def gain(better: str, worse: str) -> tuple[float, float]:
    """How much more often `better` is right on the same questions, and half the width of its 95 % interval."""
    differences = [int(one) - int(other) for one, other in zip(better, worse, strict=True)]
    mean = sum(differences) / len(differences)
    variance = sum((difference - mean) ** 2 for difference in differences) / len(differences)
    return mean, 1.96 * math.sqrt(variance / len(differences))


def write_results(results: Results, file: Path) -> None:
    """Keeps a run as JSON."""
    file.write_text(json.dumps(asdict(results), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_results(file: Path) -> Results:
    """A run that was kept.

    Raises:
        ValueError: when the file is missing or is not one.
    """
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        sides = {name: Figures(**content[name]) for name in ("project", "baseline")}
        return Results(**{field.name: content[field.name] for field in fields(Results)} | sides)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as problem:
        raise ValueError(f"{file} is not the record of a run ({problem!r}). Make one with: make bench") from None
