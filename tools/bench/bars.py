"""What has to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.bench.figures import Figures, gain


@dataclass(frozen=True)
class Bar:
    """One thing that has to hold.

    Attributes:
        name: what is compared.
        wanted: the bar, for readers.
        found: what was measured, for readers.
        held: whether it holds.
    """

    name: str
    wanted: str
    found: str
    held: bool


def judge(project: Figures, baseline: Figures) -> list[Bar]:
    """The bars, each against the harder of two readings where there are two.

    Our training counts with the dialogue model, which the baseline does without; so do start and memory of our server.
    Topics count as answered and as guessed, and the smaller gain is judged.
    """
    ours = project.train_all_seconds or project.train_nlu_seconds
    return [
        _times("training (ours whole, theirs NLU only)", 12, baseline.train_nlu_seconds / ours),
        _times("ready", 7, baseline.ready_seconds / project.ready_seconds),
        _at_most("memory, part of theirs", 0.45, project.memory_mb / baseline.memory_mb, "{:.2f}"),
        _at_most("parse median, part of theirs", 1.0, project.parse_p50_ms / baseline.parse_p50_ms, "{:.2f}"),
        _points("topics right (smaller gain)", 7, _smaller_gain(project, baseline)),
    ]


def _smaller_gain(project: Figures, baseline: Figures) -> float:
    return min(gain(project.served, baseline.served)[0], gain(project.guessed, baseline.guessed)[0])


def _times(name: str, bar: float, found: float) -> Bar:
    return Bar(name, f"at least {bar:g} times faster", f"{found:.1f} times", found >= bar)


def _at_most(name: str, bar: float, found: float, form: str) -> Bar:
    show: Callable[[float], str] = form.format
    return Bar(name, f"at most {show(bar)}", show(found), found <= bar)


def _points(name: str, bar: float, found: float) -> Bar:
    # A gain of exactly seven points must not be lost to binary fractions.
    return Bar(name, f"at least {bar:g} points more", f"{found * 100:+.1f} points", round(found * 100, 6) >= bar)
