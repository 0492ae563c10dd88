"""People write in pieces, on all platforms at once: every emergency is answered at once, nothing is lost or doubled, and all
comes in order.

A few people by default. With LAMOON_TEST_FULL=1 2,000 bursts of 2 to 15 messages from 200 people; -rP shows the figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from pathlib import Path
from typing import Any

from scenarios.assistant import Assistant
from sqlalchemy import func, select
from web.serving import until

from channels.crowd import Pace, Somebody, arrivals, crowd, six_platforms, write_all
from lamoon.channels.store import ChannelStore
from lamoon.chat.model import Message
from lamoon.chat.store import ChatStore
from lamoon.contract import EMERGENCIES
from lamoon.project import PROJECT
from lamoon.storage.database import Database
from lamoon.storage.tables import deliveries, messages

FULL = bool(os.environ.get("LAMOON_TEST_FULL"))
PEOPLE, BURSTS = (200, 2000) if FULL else (6, 12)
PACE = Pace((0.3, 2.0), (50.0, 240.0)) if FULL else Pace((0.02, 0.3), (0.1, 0.5))
AT_ONCE = 3.0 if FULL else 9.0
"""Seconds; a machine that runs other tests beside it takes longer than one that does not."""
ALL_SECONDS = 300.0
SEED = 18


def test_an_emergency_in_a_burst_is_answered_at_once_and_all_else_in_order(running: Assistant, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    ordinary = [line["text"] for line in _lines("nlu_dev.jsonl")]
    urgent = [line["text"] for line in _lines("safety_dev.jsonl") if line["expect"] == "emergency"]
    urgent = [text for text in urgent if _outcome(running, text) == "emergency"]
    variables = running.servers.variables | {"LAMOON_DATABASE_URL": f"sqlite:///{tmp_path / 'bursts.db'}"}
    variables |= {} if FULL else {"LAMOON_MESSAGES_PER_MINUTE": "300"}  # nobody waits for the limit of pace
    with six_platforms(variables, tmp_path) as simulators:
        people = crowd(simulators, PEOPLE, BURSTS, ordinary, urgent, chance)
        load, began = [os.getloadavg()[0]], time.monotonic()
        asyncio.run(write_all(people, PACE, chance))
        load.append(os.getloadavg()[0])
        seconds = time.monotonic() - began
        database = Database(variables["LAMOON_DATABASE_URL"])
        chat, store = ChatStore(database), ChannelStore(database)
        until(lambda: not chat.waiting() and not store.due(), "everything to be answered and delivered", ALL_SECONDS)
        waits: list[float] = []
        problems: list[str] = []
        for one in people:
            try:
                waits += _waits(one, database, chat, store)
            except AssertionError as problem:
                problems.append(str(problem)[:400])
        waits.sort()
        joined = _count_joined(database)
        database.close()
    late = [wait for wait in waits if wait > AT_ONCE]
    print(
        f"{sum(len(one.wrote) for one in people)} messages in {seconds:.0f} s, {joined} read with others; {len(waits)} emergencies: "
        f"median {waits[len(waits) // 2]:.2f} s, 99 % {waits[len(waits) * 99 // 100]:.2f} s, longest {waits[-1]:.2f} s, "
        f"later than {AT_ONCE:.0f} s {len(late)}; load {load[0]:.1f} to {load[1]:.1f}"
    )
    assert problems == []
    assert late == []


def _lines(name: str) -> list[dict[str, str]]:
    text = (PROJECT / "tests" / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _outcome(running: Assistant, text: str) -> str:
    answer = running.http.post("/webhooks/rest/screening", json={"message": text})
    return str(answer.json()["outcome"])


def _waits(one: Somebody, database: Database, chat: ChatStore, store: ChannelStore) -> list[float]:
    """Seconds from each emergency of a person to its emergency text on their phone. Nothing of theirs was lost, doubled or
    out of order.
    """
    person = store.person(one.simulator.channel, one.address)
    assert person is not None
    kept = chat.history(person.conversation.id)
    theirs = [message for message in kept if message.author == "visitor"]
    assert [message.text for message in theirs] == [piece.text for piece in one.wrote]
    with database.reading("look at deliveries") as connection:
        same = deliveries.c.conversation_id == person.conversation.id
        parts = {row.message_id: row.parts_sent for row in connection.execute(select(deliveries).where(same))}
        same = messages.c.conversation_id == person.conversation.id
        rows = {row.id: row for row in connection.execute(select(messages).where(same))}
    said = [message for message in kept if message.author != "visitor"]
    arrived = arrivals(said, parts, one.simulator.inbox(one.address))
    answers = [_answers(rows[message.id], said, rows) for message in theirs]
    calm = [found[0].id for found in answers if all(answer.kind not in EMERGENCIES for answer in found)]
    assert calm == sorted(calm), "answers in the order of the messages"
    return [
        min(arrived[answer.id] for answer in found if answer.kind in EMERGENCIES) - piece.at
        for found, piece in zip(answers, one.wrote, strict=True)
        if piece.is_emergency
    ]


def _answers(row: Any, said: list[Message], rows: dict[int, Any]) -> list[Message]:
    """The answers to a message: those of the turn with which it was read."""
    found = [one for one in said if rows[one.id].reply_to == (row.read_with or row.id)]
    assert found, "every message is answered"
    return found


def _count_joined(database: Database) -> int:
    with database.reading("count pieces") as connection:
        query = select(func.count()).select_from(messages).where(messages.c.read_with.is_not(None))
        return int(connection.execute(query).scalar_one())
