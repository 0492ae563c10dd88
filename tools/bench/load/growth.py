"""`python -m tools.bench.load.growth --postgres URL`: the cost of a turn as history and stored conversations grow.

One gateway, one Rasa and PostgreSQL. Blocks of turns in a long conversation alternate with blocks in new ones, so that
other load of the machine affects both. Stored conversations are copies of a real one, made by the database. Writes the
figures below reports/bench-load/ and the plots of docs/performance.md.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import aiohttp
import matplotlib
from matplotlib import pyplot as plt
from sqlalchemy import text
from sqlalchemy.engine import Engine

from lamoon.errors import LamoonError
from lamoon.project import PROJECT
from lamoon.storage.tables import conversations, messages, turns
from lamoon.storage.tracker_table import events
from tools.bench.load.driver import GatewayTalk, open_session
from tools.bench.load.layouts import Layout, Running, assistant
from tools.bench.sides import say
from tools.bench.usage import processor_seconds
from tools.markdown import table

WORK: Final = PROJECT / "reports" / "bench-load"
PLOTS: Final = PROJECT / "docs" / "images"
QUESTIONS: Final = (
    "does it hurt?",
    "what is fascia?",
    "how soon will i feel better?",
    "where are you?",
    "thanks",
    "hi",
)
HISTORY: Final = (1, 10, 50, 100, 200, 500)
STORED: Final = (1, 100, 1_000, 10_000, 100_000)
BLOCK: Final = 12
"""Turns per block; each point has two blocks of each kind."""
NEW: Final = 6
"""Turns of a new conversation."""
FAR, MOST_ROWS = 50_000_000, 100
"""First number of copied rows, and maximum rows per table of a copied conversation."""
GREY, LINES = "#808080", ("#2a9d8f", "#e07a3f", "#8d7fd1", "#c2a12b")
"""Colours readable on white and on black."""


@dataclass(frozen=True)
class Point:
    """The cost of a turn at one size.

    Attributes:
        size: turns of the conversation before, or conversations stored.
        waited: milliseconds to the first reply, at the median.
        new: the same in new conversations, between those turns; None if these are the turns measured.
        processor: milliseconds of processor a turn, by process.
        load: the machine's load average.
    """

    size: int
    waited: float
    new: float | None
    processor: dict[str, float]
    load: float


def main(arguments: Sequence[str]) -> int:
    """Measures, draws and prints; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.load.growth", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--postgres", required=True, metavar="URL", help="a server on which schemas may be made")
    parser.add_argument("--most-turns", type=int, default=HISTORY[-1], help="of the long conversation")
    parser.add_argument("--most-stored", type=int, default=STORED[-1], help="conversations; 100,000 take 2 GB")
    asked = parser.parse_args(arguments)
    history = [size for size in HISTORY if size <= asked.most_turns]
    stored = [size for size in STORED if size <= asked.most_stored]
    if not history or not stored:
        print("--most-turns and --most-stored must be at least 1", file=sys.stderr)
        return 2
    try:
        folder = WORK / f"growth-{time.time_ns()}"
        with assistant(Layout(postgres=True), folder, asked.postgres) as running:
            by_history = asyncio.run(_history(running, history))
            by_stored = asyncio.run(_stored(running, stored))
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        return 2
    found = {"history": by_history, "stored": by_stored}
    file = WORK / f"growth-{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(json.dumps({name: [asdict(one) for one in points] for name, points in found.items()}, indent=2))
    draw(by_history, "turns in the conversation before", "growth-history.svg")
    draw(by_stored, "stored conversations", "growth-stored.svg")
    print(growth_table("turns before", by_history))
    print(growth_table("stored conversations", by_stored))
    return 0


async def _history(running: Running, sizes: Sequence[int]) -> list[Point]:
    found = []
    async with _visitor(running) as long, open_session() as session:
        done = 0
        for size in sizes:
            for _ in range(size - 1 - done):
                await _ask(long, done)
                done += 1
            say(f"{size} turns")
            taken, new, used = list[float](), list[float](), dict[str, float]()
            for _ in range(2):
                before = _spent(running)
                for _ in range(BLOCK if size > 1 else 0):
                    taken.append(await _ask(long, done))
                    done += 1
                used = _added(used, before, _spent(running))
                new += await _new(running, session, BLOCK)
            found.append(_point(size, taken or new, new, used if taken else {}, len(taken)))
    return found


async def _stored(running: Running, sizes: Sequence[int]) -> list[Point]:
    assert running.database is not None
    engine, schema = running.database[0], running.database[1].split()[-1]
    found = []
    async with open_session() as session:
        talk = GatewayTalk(session, running.addresses[0])
        await talk.begin()
        await _ask(talk, 0)
        await talk.end()
        sample = await asyncio.to_thread(_latest, engine, schema)
        there = 1
        for size in sizes:
            await asyncio.to_thread(copy_conversation, engine, schema, sample, there, size)
            there = max(size, there)
            say(f"{size} stored conversations")
            await _new(running, session, BLOCK)  # reloads the pages evicted by copying
            before = _spent(running)
            taken = await _new(running, session, 3 * BLOCK)
            found.append(_point(size, taken, None, _added({}, before, _spent(running)), len(taken)))
    return found


@asynccontextmanager
async def _visitor(running: Running) -> AsyncIterator[GatewayTalk]:
    async with open_session() as session:
        talk = GatewayTalk(session, running.addresses[0])
        await talk.begin()
        try:
            yield talk
        finally:
            await talk.end()


async def _new(running: Running, session: aiohttp.ClientSession, count: int) -> list[float]:
    """Return the milliseconds of turns in new conversations."""
    taken = list[float]()
    while len(taken) < count:
        talk = GatewayTalk(session, running.addresses[0])
        await talk.begin()
        taken += [await _ask(talk, number) for number in range(NEW)]
        await talk.end()
    return taken


async def _ask(talk: GatewayTalk, number: int) -> float:
    began = time.perf_counter()
    await talk.say(QUESTIONS[number % len(QUESTIONS)])
    return (time.perf_counter() - began) * 1000


def _spent(running: Running) -> dict[str, float]:
    return {name: processor_seconds(pids) for name, pids in running.all_pids().items()}


def _added(sums: dict[str, float], before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: sums.get(name, 0.0) + used - before.get(name, used) for name, used in after.items()}


def _point(size: int, taken: Sequence[float], new: Sequence[float] | None, used: dict[str, float], count: int) -> Point:
    shares = {name: round(seconds * 1000 / count, 2) for name, seconds in used.items()} if count else {}
    other = round(statistics.median(new), 1) if new else None
    return Point(size, round(statistics.median(taken), 1), other, shares, round(os.getloadavg()[0], 1))


def _latest(engine: Engine, schema: str) -> str:
    with engine.connect() as connection:
        found = f"SELECT id FROM {schema}.{conversations.name} ORDER BY created_at DESC LIMIT 1"
        return str(connection.exec_driver_sql(found).scalar_one())


def copy_conversation(engine: Engine, schema: str, sample: str, first: int, last: int) -> None:
    """Store the copies `first` to `last` - 1 of a conversation: its messages, its turns and Rasa's events."""
    if last <= first:
        return
    named = "md5('copy' || n)"
    kept = {
        conversations: ("id = :sample", {"id": named}),
        messages: (
            "conversation_id = :sample",
            {"conversation_id": named, "id": _moved("id"), "reply_to": _moved("reply_to")},
        ),
        turns: ("conversation_id = :sample", {"conversation_id": named, "message_id": _moved("message_id")}),
        events: (
            "sender_id LIKE '%' || :sample || '%'",
            {"sender_id": f"replace(sender_id, :sample, {named})", "id": _moved("id")},
        ),
    }
    series = "generate_series(CAST(:first AS int), CAST(:last AS int) - 1) n"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL search_path = {schema}")
        for one, (whose, changed) in kept.items():
            columns = [column.name for column in one.columns]
            values = ", ".join(changed.get(name, name) for name in columns)
            copied = (
                f"INSERT INTO {one.name} ({', '.join(columns)}) SELECT {values} FROM {one.name}, {series} WHERE {whose}"
            )
            connection.execute(text(copied), {"sample": sample, "first": first, "last": last})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for one in kept:
            connection.exec_driver_sql(f"ANALYZE {schema}.{one.name}")


def _moved(column: str) -> str:
    """Return a new number for a copied row, far above those that the servers assign."""
    return f"{column} + {FAR} + n * {MOST_ROWS}"


def growth_table(name: str, points: Sequence[Point]) -> str:
    """Return the points as a Markdown table."""
    parts = list(dict.fromkeys(part for point in points for part in point.processor))
    rows = []
    for point in points:
        used = (f"{point.processor[part]:.1f}" if part in point.processor else "" for part in parts)
        new = f"{point.new:.0f}" if point.new else ""
        rows.append((f"{point.size:,}", f"{point.waited:.0f}", new, *used, f"{point.load:.0f}"))
    head = (name, "waited, ms", "in new ones between, ms", *(f"{part}, ms" for part in parts), "load")
    return table(head, rows, aligned=True)


def draw(points: Sequence[Point], label: str, name: str) -> None:
    """A plot of the time waited and of the processor time of Rasa and the gateway, as SVG."""
    matplotlib.use("Agg")
    plt.rcParams["svg.fonttype"] = "none"
    plt.rcParams["svg.hashsalt"] = "lamoon"
    figure, axes = plt.subplots(figsize=(6, 3))
    series: list[tuple[str, Callable[[Point], float | None]]] = [
        ("waited", lambda point: point.waited),
        ("waited in new conversations", lambda point: point.new),
        ("Rasa's processor", lambda point: point.processor.get("Rasa")),
        ("gateway's processor", lambda point: point.processor.get("gateway")),
    ]
    for (title, value), colour in zip(series, itertools.cycle(LINES), strict=False):
        seen: list[tuple[int, Any]] = [(point.size, value(point)) for point in points if value(point)]
        if seen:
            axes.plot(*zip(*seen, strict=True), marker="o", markersize=3, color=colour, label=title)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel(label, color=GREY)
    axes.set_ylabel("milliseconds a turn", color=GREY)
    axes.tick_params(colors=GREY, which="both")
    for side in axes.spines.values():
        side.set_color(GREY)
    axes.legend(labelcolor=GREY, frameon=False, fontsize=8)
    PLOTS.mkdir(parents=True, exist_ok=True)
    figure.savefig(PLOTS / name, transparent=True, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
