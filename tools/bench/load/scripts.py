"""Visitors' scripts: the conversations of the scenario files, without steps that only a test can do."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamoon.project import PROJECT
from lamoon.scenarios.scenario import FRAGMENTS, ButtonClick, ScenarioTurn, load_scenario
from lamoon.text.clean import clean
from tools.bench.sides import BenchmarkError

SCENARIOS = PROJECT / "tests" / "scenarios"
LONGEST = 500
"""Maximum characters of a message. Some scenarios send 5,000 to test limits, which visitors do not write."""


@dataclass(frozen=True)
class Script:
    """One visitor's side of a conversation."""

    name: str
    messages: tuple[str | ButtonClick, ...]


def load_scripts(folder: Path = SCENARIOS) -> Sequence[Script]:
    """Return the scenarios in which no server is switched off and no message is empty or longer than LONGEST.

    Raises:
        BenchmarkError: when there is none.
    """
    files = sorted(path for path in folder.glob("*/*.yml") if path.parent.name != FRAGMENTS)
    scripts = [script for path in files if (script := _script(path, folder))]
    if not scripts:
        raise BenchmarkError(f"{folder} holds no conversation to play. Expected scenarios such as happy_path/hello.yml")
    return scripts


def endless(scripts: Sequence[Script], seed: int) -> Iterator[Script]:
    """Yield all scripts in random order, endlessly; the same order for the same seed."""
    dice = random.Random(seed)
    while True:
        yield from dice.sample(scripts, len(scripts))


def _script(path: Path, folder: Path) -> Script | None:
    steps = load_scenario(path, folder).steps
    messages = tuple(step.user for step in steps if isinstance(step, ScenarioTurn))
    is_played = len(messages) == len(steps) and all(isinstance(one, ButtonClick) or _is_usual(one) for one in messages)
    return Script(str(path.relative_to(folder)), messages) if is_played else None


def _is_usual(message: str) -> bool:
    return bool(clean(message)) and len(message) <= LONGEST
