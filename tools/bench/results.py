"""The figures of a run, the targets, and the tables for the terminal and for results.md."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tools.markdown import table
from tools.threshold import Threshold


@dataclass(frozen=True)
class Figures:
    """The measurements of one side.

    Attributes:
        train_nlu_seconds: `rasa train nlu`.
        train_all_seconds: `rasa train`; None if there is no dialogue model.
        model_mb: the model of `rasa train nlu`.
        ready_seconds: from `rasa run --enable-api` to ready.
        memory_mb: resident memory of the server after 50 questions.
        parse_p50_ms: `/model/parse`, median.
        parse_p95_ms: the same, 95th percentile.
        served: a digit for each test question: 1 if the answered topic is right, else 0.
        guessed: the same for the best guess, regardless of its confidence.
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
        epochs: of the baseline's training; 100 unless it was a trial.
        machine: the hardware.
        data: the number of phrases, and a hash of them and the answers.
        versions: of Python and the packages that matter, by side.
        project, baseline: the figures.
        baseline_date, baseline_data: different from `date` and `data` if the baseline was not measured in this run.
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
    """Return the smallest value that at least `share` (0 to 1) of all values do not exceed.

    Raises:
        ValueError: for no values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def accuracy(signs: str) -> float:
    """Return the share of 1 in a string of digits."""
    return signs.count("1") / len(signs)


def gain(better: str, worse: str) -> tuple[float, float]:
    """Return the gain in accuracy of `better` on the same questions, and half the width of its 95 % interval."""
    differences = [int(one) - int(other) for one, other in zip(better, worse, strict=True)]
    mean = sum(differences) / len(differences)
    variance = sum((difference - mean) ** 2 for difference in differences) / len(differences)
    return mean, 1.96 * math.sqrt(variance / len(differences))


def write_results(results: Results, file: Path) -> None:
    """Store a run as JSON."""
    file.write_text(json.dumps(asdict(results), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_results(file: Path) -> Results:
    """Load a stored run.

    Raises:
        ValueError: when the file is missing or is not one.
    """
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        sides = {name: Figures(**content[name]) for name in ("project", "baseline")}
        return Results(**{field.name: content[field.name] for field in fields(Results)} | sides)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as problem:
        raise ValueError(f"{file} is not the record of a run ({problem!r}). Make one with: make bench") from None


def judge(project: Figures, baseline: Figures) -> list[Threshold]:
    """Return the targets, each by the stricter interpretation if there are two.

    Our training includes the dialogue model, which the baseline lacks; so do start and memory of our server. Topics
    count as answered and as guessed, and the smaller gain is judged.
    """
    training = baseline.train_nlu_seconds / (project.train_all_seconds or project.train_nlu_seconds)
    ready = baseline.ready_seconds / project.ready_seconds
    memory = project.memory_mb / baseline.memory_mb
    parse = project.parse_p50_ms / baseline.parse_p50_ms
    # A gain of exactly ten points must not be lost to binary fractions.
    points = round(_smaller_gain(project, baseline) * 100, 6)
    return [
        Threshold("training (ours whole, theirs NLU only), times faster", training, 12, form="{:.1f}"),
        Threshold("ready, times faster", ready, 7, form="{:.1f}"),
        Threshold("memory, part of theirs", memory, 0.35, at_most=True, form="{:.2f}"),
        Threshold("parse median, part of theirs", parse, 0.45, at_most=True, form="{:.2f}"),
        Threshold("topics right (smaller gain), points", points, 10, form="{:+.1f}"),
    ]


def _smaller_gain(project: Figures, baseline: Figures) -> float:
    return min(gain(project.served, baseline.served)[0], gain(project.guessed, baseline.guessed)[0])


NOT_ONE_RUN = "THE BASELINE WAS NOT MEASURED IN THIS RUN: its figures are those stored on {date}."
OTHER_DATA = "THE STORED BASELINE HAD OTHER PHRASES OR QUESTIONS than the project now has: the comparison is not fair."
SAMPLE = (
    "BOTH LEARNED FROM A SAMPLE, at most {most} phrases a label: {phrases} of {all}. All of them give other figures."
)
TRIAL = "A TRIAL: the baseline trained for {epochs} epochs instead of 100, so its figures mean nothing."


def warnings(results: Results) -> list[str]:
    """Return the caveats before the figures."""
    found = []
    if results.epochs != 100:
        found.append(TRIAL.format(epochs=results.epochs))
    if "most" in results.data:
        most, phrases, whole = (results.data[name] for name in ("most", "phrases", "in all"))
        found.append(SAMPLE.format(most=most, phrases=phrases, all=whole))
    if not results.is_one_run:
        found.append(NOT_ONE_RUN.format(date=results.baseline_date))
    if results.data["sha256"] != results.baseline_data["sha256"]:
        found.append(OTHER_DATA)
    return found


def figures_table(project: Figures, baseline: Figures) -> str:
    """Return every figure of both sides and their ratio as a Markdown table."""
    whole = project.train_all_seconds
    rows = [
        ("`rasa train nlu`, s", project.train_nlu_seconds, baseline.train_nlu_seconds, ".1f"),
        ("`rasa run` to ready, s", project.ready_seconds, baseline.ready_seconds, ".1f"),
        ("server memory, MB", project.memory_mb, baseline.memory_mb, ".0f"),
        ("NLU model file, MB", project.model_mb, baseline.model_mb, ".1f"),
        ("`/model/parse` median, ms", project.parse_p50_ms, baseline.parse_p50_ms, ".1f"),
        ("`/model/parse` p95, ms", project.parse_p95_ms, baseline.parse_p95_ms, ".1f"),
    ]
    lines = [(name, f"{ours:{form}}", f"{theirs:{form}}", _ratio(ours, theirs)) for name, ours, theirs, form in rows]
    if whole:
        theirs = baseline.train_nlu_seconds
        lines.insert(1, ("`rasa train` with dialogue, s", f"{whole:.1f}", "-", f"{_ratio(whole, theirs)} of its NLU"))
    lines.append(_accuracy_row("topic right as answered", project.served, baseline.served))
    lines.append(_accuracy_row("topic right as guessed", project.guessed, baseline.guessed))
    return table(("", "La Moon", "Rasa default", "comparison"), lines, aligned=True)


def demands_table(thresholds: list[Threshold]) -> str:
    """Return the targets, met or missed, as a Markdown table."""
    rows = [(one.name, one.wanted, one.found, one.verdict) for one in thresholds]
    return table(("demand", "wanted", "found", ""), rows, aligned=True)


def terminal(results: Results) -> str:
    """Return the text printed at the end."""
    loud = [f"!!! {line}" for line in warnings(results)]
    return "\n".join(
        [
            *loud,
            figures_table(results.project, results.baseline),
            demands_table(judge(results.project, results.baseline)),
            *loud,
        ]
    )


def markdown(results: Results) -> str:
    """results.md."""
    loud = "".join(f"> **{line}**\n\n" for line in warnings(results))
    about = {
        "date": results.date,
        **results.machine,
        "training data": f"{results.data['phrases']} phrases, {results.data['labels']} labels "
        f"(sha256 {results.data['sha256']}...)",
        "test data": f"{len(results.project.served)} questions on topics",
        **{f"versions, {side}": _joined(found) for side, found in results.versions.items()},
    }
    return f"""<!-- Written by `make bench`; do not edit. docs/benchmarks.md says how it is measured. -->

# La Moon beside Rasa's default pipeline

{loud}{figures_table(results.project, results.baseline)}
{demands_table(judge(results.project, results.baseline))}
{table(("measured", ""), about.items(), aligned=True)}"""


def _accuracy_row(name: str, ours: str, theirs: str) -> tuple[str, str, str, str]:
    points, half = gain(ours, theirs)
    comparison = f"{points * 100:+.1f} points (95 %: {(points - half) * 100:+.1f} to {(points + half) * 100:+.1f})"
    return name, f"{accuracy(ours):.3f}", f"{accuracy(theirs):.3f}", comparison


def _ratio(ours: float, theirs: float) -> str:
    return f"1/{theirs / ours:.1f}" if ours * 2 <= theirs else f"{ours / theirs:.2f}"


def _joined(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())
