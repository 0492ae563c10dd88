"""Looks through messages that cannot be answered at once, so that an emergency among them goes first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from lamoon.gateway.rasa import RasaClient, RasaError
from lamoon.gateway.store import ChatStore
from lamoon.retry import backoff, retry_until_stored

log = logging.getLogger("lamoon.gateway.triage")

EMERGENCY = "emergency"
TOGETHER = 2
"""Messages that are looked through at the same time: beside them Rasa goes on answering."""
MOST_IN_LINE = 32
"""Messages of a flood that wait to be looked through, one after the other: a second or two of Rasa's time."""


class Triage:
    """Tells urgent messages apart. `hurry` hears of a conversation that has one."""

    def __init__(self, store: ChatStore, rasa: RasaClient, hurry: Callable[[str], None]) -> None:
        self._store = store
        self._rasa = rasa
        self._hurry = hurry
        self._gate = asyncio.Semaphore(TOGETHER)
        self._flood_gate = asyncio.Semaphore(1)
        self._in_line = 0
        self._due: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def take_up(self) -> None:
        """Takes up what an earlier process left."""
        for conversation_id in await asyncio.to_thread(self._store.waiting):
            self.wake(conversation_id)

    def wake(self, conversation_id: str) -> None:
        """There is a message in this conversation that has to wait for its answer."""
        self._due.add(conversation_id)
        if conversation_id not in self._tasks:
            self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def is_urgent(self, words: str) -> bool:
        """Whether a message that finds no room tells of an emergency. False where too many wait to be looked through."""
        if self._in_line >= MOST_IN_LINE:
            return False
        self._in_line += 1
        try:
            async with self._flood_gate:
                return await self._rasa.screen(words) == EMERGENCY
        except RasaError:
            return False
        finally:
            self._in_line -= 1

    async def stop(self) -> None:
        """Ends the work. What was not looked through waits in the store."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._due:
                self._due.discard(conversation_id)
                attempts = 0
                while found := await retry_until_stored(self._store.unscreened, conversation_id):
                    attempts = 0 if await self._screen(conversation_id, *found) else attempts + 1
                    if attempts:
                        await asyncio.sleep(backoff(attempts))
        finally:
            self._due.discard(conversation_id)
            del self._tasks[conversation_id]

    async def _screen(self, conversation_id: str, message_id: int, words: str) -> bool:
        """Looks through one message; False when Rasa did not."""
        try:
            async with self._gate:
                urgent = await self._rasa.screen(words) == EMERGENCY
        except RasaError as error:
            log.warning("Message %d is not looked through yet: %s", message_id, error.reason)
            return False
        await retry_until_stored(self._store.screened, message_id, urgent=urgent)
        if urgent:
            self._hurry(conversation_id)
        return True
