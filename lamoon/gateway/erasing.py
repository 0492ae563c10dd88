"""Deletes for good: what Rasa and the booking store keep of a deleted conversation, and what has grown old.

What is to be erased stands in the database, so an erasure survives a crash and a Rasa that is down.
"""

from __future__ import annotations

import asyncio
import logging

from lamoon.booking import BookingStore
from lamoon.errors import StoreError
from lamoon.gateway.rasa import RasaClient, RasaError
from lamoon.gateway.retention import Retention
from lamoon.gateway.store import ChatStore

log = logging.getLogger("lamoon.gateway.erasing")

PAUSE_SECONDS = 60.0


class Eraser:
    """Works off erasures, and what `retention` lets go."""

    def __init__(self, store: ChatStore, bookings: BookingStore, rasa: RasaClient, retention: Retention) -> None:
        self._store = store
        self._bookings = bookings
        self._rasa = rasa
        self._retention = retention
        self._woken = asyncio.Event()
        self._clean = False  # what an earlier process deleted last may be in SQLite's log

    def wake(self) -> None:
        """There is something to erase."""
        self._woken.set()

    async def run(self) -> None:
        """Erases whenever woken, and every minute, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self._retention.apply)
                await self.erase_all()
                await self._scrub()
            except (StoreError, RasaError) as error:
                log.warning("Erasing goes on later: %s", error)
            try:
                await asyncio.wait_for(self._woken.wait(), PAUSE_SECONDS)
            except TimeoutError:
                continue
            finally:
                self._woken.clear()

    async def erase_all(self) -> None:
        """Erases what is queued, and leaves no trace in the files. Raises RasaError or StoreError; the rest stays queued."""
        for sender, bookings in await asyncio.to_thread(self._store.to_erase):
            self._clean = False
            if bookings:
                await asyncio.to_thread(self._bookings.forget, sender)
            await self._scrub()  # before Rasa, which may be down
            await self._rasa.forget(sender)
            await asyncio.to_thread(self._store.erased, sender)

    async def _scrub(self) -> None:
        if not self._clean:
            self._clean = await asyncio.to_thread(self._bookings.database.scrub)
        if not self._clean:
            raise StoreError("SQLite's log, which may hold deleted words, is in use by another program")
