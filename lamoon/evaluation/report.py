"""The written report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lamoon.evaluation.bars import Bar
from lamoon.evaluation.pictures import draw_accuracy, draw_confusion, draw_reliability
from lamoon.evaluation.questions import GROUPS
from lamoon.evaluation.scores import (
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


def write_report(name: str, outcomes: Sequence[Outcome], bars: Sequence[Bar], folder: Path) -> Path:
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
