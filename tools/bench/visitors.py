"""Cost of a turn per process when many visitors write at once, for docs/scaling.md.

`PYTHONPATH=.:tests python -m tools.bench.visitors POSTGRES_URL [--servers 1] [--gateways 1] [--visitors 16] [--seconds
25]` starts this many Rasa servers and gateways on a separate schema, lets visitors ask one question after the other,
and prints turns a second, processor time and memory by process, and transactions and bytes of PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from web.layout import Layout
from web.visitor import Listening, Visitor

from tools.bench.usage import memory, processor_seconds

QUESTIONS = ("does it hurt?", "what is fascia?", "how soon will i feel better?", "where are you?", "thanks", "hi")
STREAMS = 150
"""Open streams added at the end; the gateway accepts 200 from one address."""
COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
BYTES = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = '{}'::regnamespace"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure once; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("postgres")
    parser.add_argument("--servers", type=int, default=1)
    parser.add_argument("--gateways", type=int, default=1)
    parser.add_argument("--visitors", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=25.0)
    asked = parser.parse_args(arguments)
    schema = f"lamoon_bench_{uuid.uuid4().hex}"
    engine = create_engine(asked.postgres, future=True)
    with ExitStack() as stack:
        _ask(engine, f"CREATE SCHEMA {schema}")
        stack.callback(_ask, engine, f"DROP SCHEMA {schema} CASCADE")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = f"{asked.postgres}?options=-csearch_path%3D{schema}"
        layout = stack.enter_context(Layout(folder, database, machines=asked.servers, gateways=asked.gateways))
        processes = layout.processes()
        visitors = [layout.visitor() for _ in range(asked.visitors)]
        streams = [stack.enter_context(visitor.listening()) for visitor in visitors]
        before = {name: processor_seconds([pid]) for name, pid in processes.items()}
        commits, size = _ask(engine, COMMITS), _ask(engine, BYTES.format(schema))
        taken, seconds = _write(visitors, streams, asked.seconds)
        turns = len(taken)
        print(
            f"{turns / seconds:.1f} turns a second, median {taken[turns // 2] * 1000:.0f} ms, load {os.getloadavg()[0]:.1f}"
        )
        for name, pid in processes.items():
            used = (processor_seconds([pid]) - before[name]) * 1000 / turns
            print(f"{name:16} {used:6.2f} ms of processor a turn, {memory([pid])[0]:4.0f} MB")
        time.sleep(1)  # statistics are written once a second
        print(
            f"PostgreSQL       {(_ask(engine, COMMITS) - commits) / turns:6.1f} transactions a turn, reading ones too"
        )
        print(f"                 {(_ask(engine, BYTES.format(schema)) - size) / turns:6.0f} bytes a turn")
        gateway = layout.gateways[0]
        alone = memory([gateway.pid])[0]
        for visitor in [Visitor(gateway.url) for _ in range(STREAMS)]:
            stack.enter_context(visitor.listening())
        time.sleep(3)
        print(f"{STREAMS} more streams: the gateway grows by {memory([gateway.pid])[0] - alone:.1f} MB")
    return 0


def _write(visitors: Sequence[Visitor], streams: Sequence[Listening], seconds: float) -> tuple[list[float], float]:
    """Let each visitor ask and wait for the answer in the stream; return the sorted times, and the total."""
    taken: list[float] = []
    over = threading.Event()

    def talk(number: int) -> None:
        asked = number
        while not over.is_set():
            begun = time.monotonic()
            message = visitors[number].send(QUESTIONS[asked % len(QUESTIONS)]).json()["id"]
            while not any(one["from"] == "bot" and one["id"] > message for one in streams[number].messages[-4:]):
                time.sleep(0.004)
            taken.append(time.monotonic() - begun)
            asked += 1

    threads = [threading.Thread(target=talk, args=[number]) for number in range(len(visitors))]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()
    return sorted(taken), time.monotonic() - begun


def _ask(engine: Engine, words: str) -> int:
    with engine.begin() as connection:
        done = connection.exec_driver_sql(words)
        return int(done.scalar() or 0) if done.returns_rows else 0


if __name__ == "__main__":
    raise SystemExit(main())
