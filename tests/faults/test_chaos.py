"""Kills of every process and locks of both databases at random moments: nothing lost, doubled or out of order.

And nothing answered from an empty memory: what each visitor told first still holds the booking that they make last.
The full measure is 500 messages under 50 faults: LAMOON_TEST_KILLS=50 LAMOON_TEST_MESSAGES=500.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gateway.killing import endure
from gateway.serving import until

from faults.breaking import Lock
from faults.house import House
from faults.robot import ANSWERS, BOOK, CLOT

KILLS = int(os.environ.get("LAMOON_TEST_KILLS", "0"))
MESSAGES = int(os.environ.get("LAMOON_TEST_MESSAGES", "0"))
LONG, SHORT = 18.0, 4.0
"""Seconds of a lock: longer than any writer waits, and shorter."""
BOOKING = (BOOK, *(text for question, text in ANSWERS.items() if question != "health_details"))
MAIL_SECONDS = 60.0


def test_kills_and_locks_lose_nothing(on_sqlite: House) -> None:
    harms = random.Random(3).choices(kinds(on_sqlite), k=KILLS) if KILLS else kinds(on_sqlite)
    outcome = endure(
        on_sqlite.gateway.url,
        on_sqlite.data / "lamoon.db",
        on_sqlite.rasa,
        harms,
        messages=MESSAGES or 42,
        seed=3,
        first=["hi", CLOT],
        last=BOOKING,
    )
    print(outcome)
    assert outcome.problems == []
    assert outcome.unheard == 0, f"{outcome.unheard} of {outcome.messages} accepted messages are not in Rasa's memory"
    for conversation in outcome.conversations:
        (request,) = on_sqlite.requests(conversation)
        assert request.hold
        assert "blood_clot" in {condition.id for condition in request.conditions}
        until(partial(on_sqlite.mails, request.reference), "the mail", MAIL_SECONDS)


def kinds(house: House) -> list[Callable[[], None]]:
    """One harm of each kind."""
    return [
        partial(house.restart, "rasa"),
        partial(hold_lock, house.data / "conversations.db", LONG),
        partial(house.restart, "gateway"),
        partial(hold_lock, house.data / "lamoon.db", SHORT),
        partial(house.restart, "actions"),
        partial(house.restart, "notifications"),
    ]


def hold_lock(database: Path, seconds: float) -> None:
    """Keeps every other writer out of a database for a while."""
    lock = Lock(database)
    lock.take()
    time.sleep(seconds)
    lock.release()
