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

from web.killing import endure
from web.serving import until

from faults.breaking import Lock
from faults.house import House
from faults.robot import ANSWERS, BOOK, CLOT

KILLS = int(os.environ.get("LAMOON_TEST_KILLS", "0"))
MESSAGES = int(os.environ.get("LAMOON_TEST_MESSAGES", "0"))
LONG, SHORT, HANG = 18.0, 4.0, 30.0
"""Seconds: of a lock that outlasts every writer's wait, of one that does not, of a hung Rasa that the gateway gives up on."""
Harm = Callable[[], None]
BOOKING = (BOOK, *(text for question, text in ANSWERS.items() if question != "health_details"))
MAIL_SECONDS = 90.0


def test_kills_and_locks_lose_nothing(on_sqlite: House) -> None:
    harms = kinds(on_sqlite)
    if KILLS:
        harms = random.Random(3).choices(harms + longer_kinds(on_sqlite), k=KILLS)
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
        assert len(until(partial(on_sqlite.mail_keys, request.reference), "the mail", MAIL_SECONDS)) == 1


def kinds(house: House) -> list[Harm]:
    """One harm of each kind that is over soon."""
    return [
        partial(house.restart, "rasa"),
        partial(hold_lock, house.data / "conversations.db", LONG),
        partial(house.restart, "gateway"),
        partial(hold_lock, house.data / "lamoon.db", SHORT),
        partial(house.restart, "actions"),
        partial(house.restart, "notifications"),
    ]


def longer_kinds(house: House) -> list[Harm]:
    """Harms that take longer: processes that hang, and a kill of the gateway while it holds messages back."""
    return [
        partial(hang, house, "rasa", HANG),
        partial(hang, house, "actions", LONG),
        partial(hold_lock, house.data / "conversations.db", LONG, partial(house.restart, "gateway")),
    ]


def hold_lock(database: Path, seconds: float, meanwhile: Harm = lambda: None) -> None:
    """Keeps every other writer out of a database for a while; `meanwhile` happens in the middle of it."""
    lock = Lock(database)
    lock.take()
    time.sleep(seconds / 2)
    meanwhile()
    time.sleep(seconds / 2)
    lock.release()


def hang(house: House, name: str, seconds: float) -> None:
    """Has a process take requests and answer none for a while."""
    house.servers.hang(name)
    time.sleep(seconds)
    house.servers.wake(name)
