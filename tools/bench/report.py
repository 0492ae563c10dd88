"""The table, for the terminal and for results.md."""

from __future__ import annotations

from collections.abc import Sequence

from tools.bench.bars import Bar, judge
from tools.bench.figures import Figures, Results, accuracy, gain

NOT_ONE_RUN = "THE BASELINE WAS NOT MEASURED IN THIS RUN: its figures are those stored on {date}."
OTHER_DATA = "THE STORED BASELINE HAD OTHER PHRASES OR QUESTIONS than the project now has: the comparison is not fair."
SAMPLE = (
    "BOTH LEARNED FROM A SAMPLE, at most {most} phrases a label: {phrases} of {all}. All of them give other figures."
)
TRIAL = "A TRIAL: the baseline trained for {epochs} epochs instead of 100, so its figures mean nothing."


def warnings(results: Results) -> list[str]:
    """What a reader must know before the figures."""
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
    """Every figure of both sides and what it is of the other's, as a Markdown table."""
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
    return _table(("", "La Moon", "Rasa default", "comparison"), lines)


def bars_table(bars: list[Bar]) -> str:
    """The bars, held or not, as a Markdown table."""
    rows = [(bar.name, bar.wanted, bar.found, "held" if bar.held else "NOT HELD") for bar in bars]
    return _table(("bar", "wanted", "found", ""), rows)


def terminal(results: Results) -> str:
    """What is printed at the end."""
    loud = [f"!!! {line}" for line in warnings(results)]
    return "\n".join(
        [
            *loud,
            figures_table(results.project, results.baseline),
            "",
            bars_table(judge(results.project, results.baseline)),
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

{bars_table(judge(results.project, results.baseline))}

{_table(("measured", ""), list(about.items()))}
"""


def _accuracy_row(name: str, ours: str, theirs: str) -> tuple[str, str, str, str]:
    points, half = gain(ours, theirs)
    comparison = f"{points * 100:+.1f} points (95 %: {(points - half) * 100:+.1f} to {(points + half) * 100:+.1f})"
    return name, f"{accuracy(ours):.3f}", f"{accuracy(theirs):.3f}", comparison


def _ratio(ours: float, theirs: float) -> str:
    return f"1/{theirs / ours:.1f}" if ours * 2 <= theirs else f"{ours / theirs:.2f}"


def _joined(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    top = "| " + " | ".join(cell.ljust(width) for cell, width in zip(head, widths, strict=True)) + " |"
    return "\n".join([top, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines])
