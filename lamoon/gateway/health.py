"""Would a real message be answered? Found out by sending one."""

from __future__ import annotations

import asyncio
import time

import httpx

from lamoon.errors import StoreError
from lamoon.gateway.rasa import PROBE_SECONDS, RasaClient
from lamoon.gateway.store import ChatStore

FRESH_SECONDS = 5.0
"""How long a finding is good: asking often must not become load."""


class Health:
    """Looks at the parts that an answer needs."""

    def __init__(self, store: ChatStore, rasa: RasaClient, actions: str) -> None:
        self._store = store
        self._rasa = rasa
        self._actions = actions
        self._lock = asyncio.Lock()
        self._found: tuple[float, dict[str, str]] = (-FRESH_SECONDS, {})

    async def parts(self) -> dict[str, str]:
        """Each part with ok or down: store, rasa (server and model), actions. At most FRESH_SECONDS old."""
        async with self._lock:
            since, found = self._found
            if time.monotonic() - since >= FRESH_SECONDS:
                states = await asyncio.gather(self._store_works(), self._rasa.answers(), self._actions_answer())
                names = ("store", "rasa", "actions")
                found = {name: "ok" if works else "down" for name, works in zip(names, states, strict=True)}
                self._found = (time.monotonic(), found)
            return found

    async def _store_works(self) -> bool:
        try:
            await asyncio.to_thread(self._store.check)
        except StoreError:
            return False
        return True

    async def _actions_answer(self) -> bool:
        try:
            async with httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False) as client:
                return (await client.get(self._actions)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
