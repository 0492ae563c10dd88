"""One run: everything that is measured, in order, with nothing else running."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.figures import Figures, percentile
from tools.bench.parse import Question, best_guess, parse, parse_milliseconds, read_questions, served_topic
from tools.bench.progress import Partial, say
from tools.bench.serve import resident_megabytes, serving
from tools.bench.sides import Side
from tools.bench.snapshot import DEVELOPMENT, TEST
from tools.bench.train import Training, train_all, train_nlu

STARTS = 3
WARM_UP = 50


@dataclass
class Trained:
    """A side with its trainings, and what its servers have shown so far."""

    side: Side
    nlu: Training
    whole: Training | None
    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    served: str = ""
    guessed: str = ""

    @property
    def model(self) -> Path:
        """What its server loads."""
        return (self.whole or self.nlu).model


def measure(sides: list[Side], snapshot: Path, work: Path, partial: Partial) -> dict[str, Figures]:
    """Trains each side once, then starts the servers in turn, three times each; medians of the three are kept."""
    test, development = read_questions(snapshot / TEST), read_questions(snapshot / DEVELOPMENT)
    trained = [_train(side, snapshot, work, partial) for side in sides]
    for start in range(1, STARTS + 1):
        for one in trained:
            _start(one, work / f"{one.side.name}-run", (test, development), last=start == STARTS)
            _note(one, start, partial)
    return {one.side.name: _figures(one) for one in trained}


def _train(side: Side, snapshot: Path, work: Path, partial: Partial) -> Trained:
    nlu = train_nlu(side, snapshot, work)
    partial.note(f"{side.name}: rasa train nlu, seconds", nlu.seconds)
    partial.note(f"{side.name}: NLU model, MB", nlu.megabytes)
    whole = train_all(side, snapshot, work) if side.whole else None
    if whole:
        partial.note(f"{side.name}: rasa train, seconds", whole.seconds)
    return Trained(side, nlu, whole)


def _start(one: Trained, folder: Path, questions: tuple[list[Question], list[Question]], *, last: bool) -> None:
    """Starts the server once. The questions it is warmed up with are others than those it is timed with."""
    test, development = questions
    with serving(one.side, one.model, folder) as server:
        one.ready.append(server.ready_seconds)
        for question in test[:WARM_UP]:
            parse(server.client, question.text)
        one.memory.append(resident_megabytes(server.pid))
        times = parse_milliseconds(server.client, development)
        one.p50.append(percentile(times, 0.5))
        one.p95.append(percentile(times, 0.95))
        if last:
            answers = [(question.right, parse(server.client, question.text)) for question in test if question.is_faq]
            one.served = "".join(str(int(served_topic(parsed) in right)) for right, parsed in answers)
            one.guessed = "".join(str(int(best_guess(parsed) in right)) for right, parsed in answers)


def _note(one: Trained, start: int, partial: Partial) -> None:
    say(
        f"{one.side.title}, start {start} of {STARTS}: ready in {one.ready[-1]:.1f} s, {one.memory[-1]:.0f} MB, "
        f"parse {one.p50[-1]:.1f} ms median, {one.p95[-1]:.1f} ms p95"
    )
    partial.note(
        f"{one.side.name}: start {start}",
        {
            "ready, seconds": one.ready[-1],
            "memory, MB": one.memory[-1],
            "p50, ms": one.p50[-1],
            "p95, ms": one.p95[-1],
            "served": one.served,
            "guessed": one.guessed,
        },
    )


def _figures(one: Trained) -> Figures:
    return Figures(
        train_nlu_seconds=round(one.nlu.seconds, 1),
        train_all_seconds=round(one.whole.seconds, 1) if one.whole else None,
        model_mb=round(one.nlu.megabytes, 2),
        ready_seconds=round(statistics.median(one.ready), 2),
        memory_mb=round(statistics.median(one.memory), 1),
        parse_p50_ms=round(statistics.median(one.p50), 2),
        parse_p95_ms=round(statistics.median(one.p95), 2),
        served=one.served,
        guessed=one.guessed,
    )
