"""For operators: whether messages would be answered (health), and counters for Prometheus."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from lamoon.chat.model import Draft
from lamoon.chat.store import ChatStore
from lamoon.errors import StoreError
from lamoon.rasa_client import PROBE_SECONDS, RasaClient

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Metrics:
    """Counters of one gateway."""

    def __init__(
        self, streams: Callable[[], float], waiting: Callable[[], float], rasa_up: Callable[[], float]
    ) -> None:
        self._registry = registry = CollectorRegistry()
        self.messages = Counter("lamoon_messages", "Messages of visitors", registry=registry)
        self.replies = Counter("lamoon_replies", "Replies by kind", ["kind"], registry=registry)
        self.apologies = Counter("lamoon_apologies", "Answers that Rasa did not give", ["reason"], registry=registry)
        self.delayed = Counter("lamoon_delayed", "Messages that had to wait for Rasa", ["reason"], registry=registry)
        self.refused = Counter("lamoon_refused", "Requests over a limit", ["limit"], registry=registry)
        self.seconds = Histogram(
            "lamoon_answer_seconds", "From taking up a message to its kept answer", buckets=SECONDS, registry=registry
        )
        for name, what, value in (
            ("lamoon_streams", "Open streams", streams),
            ("lamoon_waiting", "Messages that wait for their answer", waiting),
            ("lamoon_rasa_up", "Whether Rasa was reached the last time", rasa_up),
        ):
            Gauge(name, what, registry=registry).set_function(value)

    def answered(self, drafts: Sequence[Draft], seconds: float) -> None:
        """Counts an answered message."""
        self.seconds.observe(seconds)
        for draft in drafts:
            self.replies.labels(draft.kind).inc()

    def page(self) -> bytes:
        """The metrics page."""
        return generate_latest(self._registry)


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
