"""A gate that lets few pass at once: of those that wait, the urgent go first, then the first come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class _Waiter:
    key: str
    urgent: bool
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Gate:
    """At most `width` are inside, and of urgent ones `most_urgent` besides. While one of those is inside, the others enter one
    at a time.
    """

    def __init__(self, width: int, most_urgent: int) -> None:
        self._width = width
        self._most_urgent = most_urgent
        self._calm = 0  # inside
        self._urgent = 0  # inside
        self._waiting: list[_Waiter] = []

    @property
    def is_open(self) -> bool:
        """Whether one that is not urgent enters without waiting."""
        return not self._waiting and self._has_room(urgent=False)

    @asynccontextmanager
    async def passing(self, *, urgent: bool = False, key: str = "") -> AsyncIterator[None]:
        """Enters when it is one's turn, and leaves at the end. `key` names who waits for `hasten`."""
        waiter = _Waiter(key, urgent)
        await self._enter(waiter)
        try:
            yield
        finally:
            self._count(waiter, -1)
            self._admit()

    def hasten(self, key: str) -> None:
        """Makes urgent what waits under this key."""
        for one in self._waiting:
            one.urgent |= one.key == key
        self._admit()

    async def _enter(self, waiter: _Waiter) -> None:
        self._waiting.append(waiter)
        self._admit()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            elif not waiter.turn.cancelled():  # admitted, and cancelled before it knew
                self._count(waiter, -1)
            self._admit()
            raise

    def _admit(self) -> None:
        for one in sorted(self._waiting, key=lambda waiter: not waiter.urgent):
            if one.turn.done():
                self._waiting.remove(one)  # cancelled in this moment
            elif self._has_room(urgent=one.urgent):
                self._waiting.remove(one)
                self._count(one, 1)
                one.turn.set_result(None)

    def _has_room(self, *, urgent: bool) -> bool:
        if urgent:
            return self._urgent < self._most_urgent
        return self._calm < (1 if self._urgent else self._width)

    def _count(self, waiter: _Waiter, step: int) -> None:
        if waiter.urgent:
            self._urgent += step
        else:
            self._calm += step
