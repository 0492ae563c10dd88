"""What was told stays told: random conversations with random database faults, in which nobody names a mistake.

LAMOON_TEST_WALKS=10000 in front of pytest takes so many walks, and LAMOON_TEST_SEED others.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from actions import resources
from faults.walker import Faults, Walk, Walker
from lamoon.booking import BookingStore
from lamoon.nlu.conversation_store import ConversationStore
from lamoon.screening.screener import Screener
from lamoon.settings import PROJECT

WALKS = int(os.environ.get("LAMOON_TEST_WALKS", "150"))
SEED = int(os.environ.get("LAMOON_TEST_SEED", "14"))
CHANCE = 0.08
"""Of a fault, each time a database is read or written."""
OPENED = (resources.settings, resources.studio, resources.store)


@pytest.fixture
def requests(settings_of_test: Path) -> Iterator[BookingStore]:
    """The request store that the actions use."""
    for opened in OPENED:
        opened.cache_clear()
    yield resources.store()
    resources.store().close()
    for opened in OPENED:
        opened.cache_clear()


@pytest.fixture(autouse=True)
def _in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's work is done at once: nothing else waits, and handing it to threads takes most of the time."""

    async def at_once(work: Callable[..., Any], *arguments: Any) -> Any:
        return work(*arguments)

    monkeypatch.setattr("lamoon.nlu.conversation_store.asyncio.to_thread", at_once)


def test_no_path_loses_what_was_told_or_sends_it_unheld(screener: Screener, requests: BookingStore) -> None:
    domain = Domain.load(str(PROJECT / "domain.yml"))
    conversations = ConversationStore(domain)
    walker = Walker(screener, domain, conversations, requests, SEED)
    faults = Faults(walker.dice, CHANCE)
    for database in (conversations.database, requests.database):
        faults.attach(database)
    walks = asyncio.run(walked(walker))
    wrong = [f"{walk.sender}: {walk.problems}\n" + "\n".join(walk.said) for walk in walks if walk.problems]
    faults._chance = 0.0
    wrong += unheld(requests, walks)
    print(f"{len(walks)} walks, {faults.struck} faults, {sum(walk.read_backs for walk in walks)} read-backs")
    assert not wrong, f"{len(wrong)} of {len(walks)}:\n" + "\n\n".join(wrong[:5])
    assert faults.struck > WALKS, "the databases hardly failed"
    assert sum(walk.read_backs for walk in walks) > WALKS // 5, "hardly any walk came to the read-back"


async def walked(walker: Walker) -> list[Walk]:
    return [await walker.walk(f"walk-{number}") for number in range(WALKS)]


def unheld(requests: BookingStore, walks: Sequence[Walk]) -> list[str]:
    """Requests without a hold, or without a condition that was told before they were sent."""
    told = {(walk.sender, run): conditions for walk in walks for run, conditions in walk.sent.items()}
    stored = [row.request for row in requests.list(limit=100 * WALKS)]
    print(f"{len(stored)} requests")
    assert len(stored) > WALKS // 10, "hardly any walk sent a request"
    return [
        f"{request.conversation_id} sent {[one.id for one in request.conditions]}, hold: {request.hold}"
        for request in stored
        for before in (told[request.conversation_id, request.run_id],)
        if not before <= {one.id for one in request.conditions} or (before and not request.hold)
    ]
