"""Runs `rasa test core` and believes it only what it can show.

Rasa exits with 0 when there is no model; where the model's path does not exist it quietly takes another one; and of a
file whose name does not start with `test_` it plays no story and is content. So a run counts as passed only when the
model is there and the report names as many right stories as the file holds.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from lamoon.launch.commands import environment
from lamoon.settings import PROJECT

SECONDS = 180
NOISE = re.compile(r"^\s*$|it/s[,\]]|^Progress|Pyparsing|Warning: |^ +(parser|s|p|val|result|return fn)\b")


@dataclass(frozen=True)
class Outcome:
    """How a run went: Rasa's own exit code, whether it really passed, and what to read when it did not."""

    exit_code: int
    passed: bool
    problem: str


def play_stories(stories: Path, model: Path, folder: Path) -> Outcome:
    """Plays the file's stories with their texts.

    Args:
        stories: a file whose name should start with `test_`.
        model: a trained model, or a folder with one; when there is none, that is the problem.
        folder: for reports and state.
    """
    if not model.exists():
        return Outcome(0, False, f"There is no model at {model}: nothing was tested. Train one: make train")
    reports = folder / "reports"
    words = ("-m", "rasa", "test", "core", "--e2e", "--fail-on-prediction-errors", "--no-plot")
    files = ("--stories", str(stories), "--model", str(model), "--out", str(reports))
    done = subprocess.run(
        (sys.executable, *words, *files, "--endpoints", str(PROJECT / "endpoints.yml")),
        cwd=PROJECT,
        env=environment() | {"LAMOON_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    problem = problem_of(done.returncode, _correct(reports), len(story_names(stories)))
    tail = "\n".join([line for line in (done.stderr + done.stdout).splitlines() if not NOISE.search(line)][-25:])
    return Outcome(done.returncode, not problem, f"{problem}\n{tail}" if problem else "")


def story_names(file: Path, key: str = "stories", name: str = "story") -> list[str]:
    """The names of the stories (or rules) of a file."""
    data: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return [str(entry[name]) for entry in data[key]]


def _correct(reports: Path) -> int | None:
    """How many stories the report calls right; None without a report."""
    try:
        report = json.loads((reports / "story_report.json").read_text(encoding="utf-8"))
        return int(report["conversation_accuracy"]["correct"])
    except (OSError, ValueError, KeyError):
        return None


def problem_of(exit_code: int, correct: int | None, wanted: int) -> str:
    """What is wrong with a run whose report calls `correct` of `wanted` stories right; "" for nothing."""
    if exit_code:
        return f"Rasa found a wrong prediction (exit code {exit_code})."
    if correct is None:
        return "Rasa wrote no report: nothing was tested. Is there a model? Train one: make train"
    if correct != wanted:
        return f"{correct} stories were right, but the file holds {wanted}."
    return ""
