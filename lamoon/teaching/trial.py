"""Compares the assistant that answers now with one that has learned something new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lamoon.rasa_client import RasaClient
from lamoon.teaching.lessons import Lesson

MOST_NAMED = 5
"""How many examples of one kind a problem names."""
LEAST_FOUND = 0.8
"""The share of a lesson's own wordings that must be read as it."""


@dataclass
class Comparison:
    """What is compared, and what came of it.

    Attributes:
        lessons: what is new; their wordings must lead to them.
        kept: phrases and their labels; none that is read right now may be read otherwise.
        health: sentences about health; the outcome of each must stay.
        problems: why it must not go live, a sentence each.
        report: what was found to be right, a sentence each.
    """

    lessons: Sequence[Lesson]
    kept: Sequence[tuple[str, str]]
    health: Sequence[str]
    problems: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


async def compare(what: Comparison, present: RasaClient, new: RasaClient) -> None:
    """Asks both and writes `problems` and `report`. Raises RasaError."""
    for lesson in what.lessons:
        await _finds(what, lesson, new)
    await _keeps(what, present, new)
    await _warns(what, present, new)


async def _finds(what: Comparison, lesson: Lesson, new: RasaClient) -> None:
    lost, health = [], []
    for wording in lesson.wordings:
        read = await new.reading(wording)
        if read.outcome not in ("none", "inform"):
            health.append(wording)
        elif read.label != lesson.label:
            lost.append(wording)
    if health:
        what.problems.append(
            f"“{lesson.title}”: {_named(health)} is about health, so visitors get a warning first. Please say it "
            "without the illness."
        )
    found = len(lesson.wordings) - len(lost) - len(health)
    if lesson.wordings and found < LEAST_FOUND * len(lesson.wordings):
        what.problems.append(
            f"“{lesson.title}”: the assistant does not recognise {_named(lost)}. Please add more ways to ask."
        )
    elif lesson.wordings:
        what.report.append(f"“{lesson.title}”: {found} of {len(lesson.wordings)} of its wordings are recognised.")


async def _keeps(what: Comparison, present: RasaClient, new: RasaClient) -> None:
    moved = []
    for phrase, label in what.kept:
        after = await new.reading(phrase)
        if after.label != label and (await present.reading(phrase)).label == label:
            moved.append(phrase)
    if moved:
        what.problems.append(f"{_named(moved)} would no longer get the answer that it gets now.")
    what.report.append(f"{len(what.kept)} questions of other topics get the same answers as now.")


async def _warns(what: Comparison, present: RasaClient, new: RasaClient) -> None:
    changed = []
    for sentence in what.health:
        if (await new.reading(sentence)).outcome != (await present.reading(sentence)).outcome:
            changed.append(sentence)
    if changed:
        what.problems.append(f"The warnings would change, for example at {_named(changed)}.")
    what.report.append(f"{len(what.health)} sentences about illnesses get the same warnings as now.")


def _named(some: Sequence[str]) -> str:
    shown = ", ".join(f"“{one}”" for one in some[:MOST_NAMED])
    return f"{shown} and {len(some) - MOST_NAMED} more" if len(some) > MOST_NAMED else shown
