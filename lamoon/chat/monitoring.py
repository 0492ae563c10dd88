"""For operators: whether messages would be answered. `lamoon.chat.metrics` counts."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from lamoon.chat.store import ChatStore
from lamoon.errors import StoreError
from lamoon.rasa_client import PROBE_SECONDS, RasaClient

FRESH_SECONDS = 5.0
"""Cache lifetime, so that polling does not load Rasa."""
FULL_BYTES = 1 << 20
"""Below this, any write of a turn may fail: both databases' logs grow before they are written back."""
LOW_BYTES = 64 << 20
"""Below this, an operator should look: days or weeks before the disk is full."""


class Health:
    """Checks the parts that an answer needs."""

    def __init__(self, store: ChatStore, rasa: RasaClient, actions: str, folders: Sequence[Path]) -> None:
        """Takes the parts, the address of the action server's health page, and the folders of database files."""
        self._store = store
        self._folders = folders
        self._rasa = rasa
        self._actions = actions
        self._lock = asyncio.Lock()
        self._found: tuple[float, dict[str, str]] = (-FRESH_SECONDS, {})

    async def parts(self) -> dict[str, str]:
        """Each part with ok or down: store, rasa (server and model), actions; and disk with ok, low or full.

        At most FRESH_SECONDS old.
        """
        async with self._lock:
            since, found = self._found
            if time.monotonic() - since >= FRESH_SECONDS:
                states = await asyncio.gather(self._store_works(), self._rasa.answers(), self._actions_answer())
                names = ("store", "rasa", "actions")
                found = {name: "ok" if works else "down" for name, works in zip(names, states, strict=True)}
                found["disk"] = await asyncio.to_thread(self._disk)
                self._found = (time.monotonic(), found)
            return found

    async def _store_works(self) -> bool:
        try:
            await asyncio.to_thread(self._store.check)
        except StoreError:
            return False
        return True

    def _disk(self) -> str:
        try:
            free = min((shutil.disk_usage(folder).free for folder in self._folders), default=LOW_BYTES)
        except OSError:
            return "down"
        return "full" if free < FULL_BYTES else "low" if free < LOW_BYTES else "ok"

    async def _actions_answer(self) -> bool:
        try:
            async with httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False) as client:
                return (await client.get(self._actions)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
