"""`python -m tools.bench.desk [--messages 100000]`: the desk's pages with many stored messages compared with 1,000, in
one run. Two separate databases are filled with conversations of ten messages, half of them by visitors, one in twenty
worth a review. Then each page is requested alternately from both gateways, in this process, without a network.

Exit codes: 0 every page is fast enough, 1 one is not.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Table, insert

from lamoon.chat.model import UNSURE
from lamoon.chat.services import Services
from lamoon.desk.request import COOKIE, SIGN_IN
from lamoon.settings import load_settings
from lamoon.storage.tables import conversations, messages, turns
from lamoon.storage.time import now, to_naive_utc
from lamoon.web.app import make_app
from tools.threshold import Threshold, report

FEW = 1_000
MOST_TIMES = 3.0
"""Maximum ratio to the time with FEW messages."""
ROUNDS = 15
IN_CONVERSATION = 10
WORTH_A_LOOK = 20
BATCH = 5_000
PASSWORD = "correct horse battery"
PAGES = (
    "/desk/inbox",
    "/desk/inbox?who=me",
    "/desk/inbox/requests",
    "/desk/inbox/conversation/{conversation}",
    "/desk/review",
    "/desk/review?reason=unsure",
    "/desk/review?reviewed=yes",
)


def main(arguments: list[str]) -> int:
    """Fill, measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.desk", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000, help="stored messages of the larger gateway")
    many = parser.parse_args(arguments).messages
    with tempfile.TemporaryDirectory() as folder:
        times = asyncio.run(_measure(Path(folder), many))
    print(f"Medians of {ROUNDS} rounds in milliseconds")
    print(f"{'page':44} {FEW:>8,} {many:>9,}  times")
    for page, (few, lots) in times.items():
        print(f"{page:44} {few:8.1f} {lots:9.1f}  {lots / few:4.2f}")
    slowest = max(lots / few for few, lots in times.values())
    return report([Threshold("the slowest page, times", slowest, MOST_TIMES, at_most=True, form="{:.2f}")])


async def _measure(folder: Path, many: int) -> dict[str, tuple[float, float]]:
    sides = [await _side(folder / name, count) for name, count in (("few", FEW), ("many", many))]
    times: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    for _ in range(ROUNDS + 1):
        for page, both in times.items():
            for (client, conversation), found in zip(sides, both, strict=True):
                began = time.perf_counter()
                answer = await client.get(page.format(conversation=conversation))
                found.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, (page, answer.status_code)
    for client, _ in sides:
        await client.aclose()
    # The first round warms up.
    return {page: (statistics.median(few[1:]), statistics.median(lots[1:])) for page, (few, lots) in times.items()}


async def _side(folder: Path, count: int) -> tuple[httpx.AsyncClient, str]:
    """Return a signed-in client of a gateway with this many messages, and one of its conversations."""
    app = make_app(load_settings({"LAMOON_DATA": str(folder)}))
    services: Services = app.state.services
    conversation = _fill(services, count)
    app.state.desk.accounts.add("Olivia", PASSWORD, "owner")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", timeout=60)
    answer = await client.post(SIGN_IN, data={"name": "Olivia", "password": PASSWORD})
    client.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
    assert client.headers["cookie"].startswith(COOKIE)
    return client, conversation


def _fill(services: Services, count: int) -> str:
    rows = list(_rows(count))
    with services.bookings.database.writing("fill") as connection:
        for table in (conversations, messages, turns):
            theirs = [row for kind, row in rows if kind is table]
            for start in range(0, len(theirs), BATCH):
                connection.execute(insert(table), theirs[start : start + BATCH])
    return str(next(row["id"] for kind, row in rows if kind is conversations))


def _rows(count: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    begin = now() - timedelta(days=25)
    for first in range(1, count + 1, IN_CONVERSATION):
        at = to_naive_utc(begin + timedelta(days=25) * (first / count))
        chat = uuid.uuid4().hex
        talk = {"id": chat, "channel": "web", "mode": "bot", "run": 0, "shown_from": 0, "language": "",
                "last_said": first + IN_CONVERSATION - 2, "created_at": at, "active_at": at}  # fmt: skip
        yield conversations, talk
        for number in range(first, first + IN_CONVERSATION):
            yield messages, _message(chat, number, at, "bot" if (number - first) % 2 else "visitor")
            if not (number - first) % 2:
                yield turns, _turn(chat, number, at)


def _message(chat: str, number: int, at: object, author: str) -> dict[str, Any]:
    answers = author == "bot"
    return {"id": number, "conversation_id": chat, "author": author, "at": at, "run": 0, "kind": "text",
            "text": "how long does it hurt after a session, and is that normal?", "words": "", "choices": [],
            "body": [{"t": "p", "c": [{"t": "text", "v": "a sentence of an answer " * 8}]}], "feedback_word": "",
            "state": "said" if answers else "answered", "reply_to": number - 1 if answers else None,
            "position": 0 if answers else None}  # fmt: skip


def _turn(chat: str, number: int, at: object) -> dict[str, Any]:
    stands_out = number % (2 * WORTH_A_LOOK) == 1
    return {"message_id": number, "conversation_id": chat, "at": at, "label": "faq/does_it_hurt", "form": "",
            "confidence": 0.6 if stands_out else 0.97, "outcome": "none", "seconds": 0.02, "reviewed": False,
            "reason": UNSURE if stands_out else "", "details": {"label": "faq/does_it_hurt"}}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
