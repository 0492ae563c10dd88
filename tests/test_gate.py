"""Of those that wait at a gate the urgent go first, then the first come."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from lamoon.gate import Gate


class Crowd:
    """People before a gate, who stay inside until they are let out."""

    def __init__(self, width: int = 1) -> None:
        self.gate = Gate(width, most_urgent=2)
        self.inside: list[str] = []
        self.out: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, name: str, *, urgent: bool = False) -> None:
        self.out[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._pass(name, urgent=urgent))
        await settled()

    async def leaves(self, name: str) -> None:
        self.out[name].set()
        await settled()

    async def gives_up(self, name: str) -> None:
        self._tasks[name].cancel()
        with suppress(asyncio.CancelledError):
            await self._tasks[name]

    async def _pass(self, name: str, *, urgent: bool) -> None:
        async with self.gate.passing(urgent=urgent, key=name):
            self.inside.append(name)
            try:
                await self.out[name].wait()
            finally:
                self.inside.remove(name)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def crowd() -> Crowd:
    """One is inside already, and no other has room."""
    crowd = Crowd()
    await crowd.comes("first")
    return crowd


async def test_first_come_first_served(crowd: Crowd) -> None:
    for name in ("a", "b"):
        await crowd.comes(name)
    await crowd.leaves("first")
    assert crowd.inside == ["a"]
    await crowd.leaves("a")
    assert crowd.inside == ["b"]


async def test_the_urgent_have_places_of_their_own_and_go_first(crowd: Crowd) -> None:
    await crowd.comes("a")
    for name in ("x", "y", "z"):
        await crowd.comes(name, urgent=True)
    assert crowd.inside == ["first", "x", "y"]
    await crowd.leaves("x")
    assert crowd.inside == ["first", "y", "z"]


async def test_one_that_waits_becomes_urgent(crowd: Crowd) -> None:
    await crowd.comes("a")
    await crowd.comes("b")
    crowd.gate.hasten("b")
    await settled()
    assert crowd.inside == ["first", "b"]


async def test_beside_an_urgent_one_the_others_enter_one_at_a_time() -> None:
    crowd = Crowd(width=3)
    await crowd.comes("urgent", urgent=True)
    await crowd.comes("a")
    await crowd.comes("b")
    assert crowd.inside == ["urgent", "a"], "they do not stand still either"
    await crowd.leaves("urgent")
    assert crowd.inside == ["a", "b"]


async def test_who_gives_up_blocks_nobody(crowd: Crowd) -> None:
    await crowd.comes("a")
    await crowd.comes("b")
    await crowd.gives_up("a")
    await crowd.leaves("first")
    assert crowd.inside == ["b"]
    await crowd.gives_up("b")
    assert crowd.gate.is_open


async def test_one_admitted_and_cancelled_at_once_leaves_its_place(crowd: Crowd) -> None:
    await crowd.comes("a")
    crowd.out["first"].set()
    await asyncio.sleep(0)
    await crowd.gives_up("a")
    await settled()
    assert crowd.gate.is_open


async def test_it_is_not_open_while_somebody_waits(crowd: Crowd) -> None:
    await crowd.comes("a")
    assert not crowd.gate.is_open
