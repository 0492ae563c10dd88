"""Simulated visitors that talk as the widget does, concurrently in one process.

An asyncio driver over aiohttp, which the gateway already uses, and not Locust: the driver shares the processors with what
it measures, and Locust knows no event streams. `Load.driver_seconds` says what it used.

A turn lasts from sending the message to reading the first reply in the stream. With a rate, messages fall due at random
moments (exponential gaps) whether or not earlier ones were answered, and a turn lasts from the moment it fell due: a
slow server cannot slow down the visitors, and so hide its slowness.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from lamoon.errors import LamoonError
from lamoon.scenarios.scenario import ButtonClick
from tools.bench.load.scripts import Script

PATIENCE_SECONDS = 30.0
BUTTON_SECONDS = 1.0
FAILURES = ("apology", "delayed")
"""Kinds of replies that are not answers."""


def open_session() -> aiohttp.ClientSession:
    """Keep connections for less than the 5 seconds after which the gateway closes them."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE_SECONDS), trust_env=False)


class LostTurnError(LamoonError):
    """A message without an answer; the text gives the reason."""


class Talk(Protocol):
    """A conversation in progress."""

    async def begin(self) -> None:
        """Open it."""

    async def say(self, message: str | ButtonClick) -> None:
        """Send a message and wait for the first reply. Raises LostTurnError, aiohttp.ClientError or TimeoutError."""

    async def end(self) -> None:
        """Leave without deleting anything."""


class GatewayTalk:
    """A visitor at a gateway: POST to send, the event stream to read."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address
        self._headers: dict[str, str] = {}
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._last_reply, self._kind = 0, ""
        self._choices: dict[str, str] = {}

    async def begin(self) -> None:
        """Open a conversation and its stream."""
        async with self._session.post(f"{self._address}/chat/conversations") as answer:
            if answer.status != 201:
                raise LostTurnError(f"conversation refused: {answer.status}")
            token = (await answer.json())["token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        self._reading = asyncio.create_task(self._read())

    async def say(self, message: str | ButtonClick) -> None:
        """Send it and wait for the stream."""
        body = {"client_id": str(uuid.uuid4()), **(await self._body(message))}
        self._choices = {}
        async with self._session.post(f"{self._address}/chat/messages", json=body, headers=self._headers) as answer:
            if answer.status != 202:
                raise LostTurnError(f"message refused: {answer.status}")
            sent = (await answer.json())["id"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._last_reply < sent:
                await self._wait()
        if self._kind in FAILURES:
            raise LostTurnError(self._kind)

    async def end(self) -> None:
        """Close the stream."""
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _body(self, message: str | ButtonClick) -> dict[str, str]:
        """Return the text, or the choice with this title or number, which may be in a later message of the same
        answer.
        """
        if isinstance(message, str):
            return {"text": message}
        with suppress(TimeoutError):
            async with asyncio.timeout(BUTTON_SECONDS):
                while message.title not in self._choices:
                    await self._wait()
        choice = self._choices.get(message.title)
        return {"choice": choice} if choice else {"text": message.title}

    async def _wait(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def _read(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._session.get(f"{self._address}/chat/stream", headers=self._headers, timeout=timeout) as answer:
            name = b""
            async for line in answer.content:
                if line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line.startswith(b"data: ") and name == b"message":
                    self._take(json.loads(line[6:]))

    def _take(self, message: dict[str, Any]) -> None:
        if message["from"] != "bot":
            return
        self._last_reply, self._kind = message["id"], message["kind"]
        for number, choice in enumerate(message["choices"], len(self._choices) + 1):
            self._choices |= {choice["title"]: choice["choice"], str(number): choice["choice"]}
        self._news.set()


class RestTalk:
    """A program at Rasa's own REST channel. It writes the titles of buttons instead of pressing them."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._url = f"{address}/webhooks/rest/webhook"
        self._sender = uuid.uuid4().hex

    async def begin(self) -> None:
        """Do nothing: Rasa's conversations begin with their first message."""

    async def say(self, message: str | ButtonClick) -> None:
        """Send it; the replies are the response."""
        text = message if isinstance(message, str) else message.title
        async with self._session.post(self._url, json={"sender": self._sender, "message": text}) as answer:
            if answer.status != 200 or not await answer.json():
                raise LostTurnError(f"no reply: {answer.status}")

    async def end(self) -> None:
        """Do nothing: no stream is open."""


@dataclass
class Load:
    """The result of a run.

    Attributes:
        taken: seconds of each turn, in the order in which they ended.
        seconds: how long was measured, after the warm-up.
        lost: the number of messages without an answer, by reason.
        driver_seconds: processor time of this process.
    """

    taken: list[float] = field(default_factory=list)
    seconds: float = 0.0
    lost: Counter[str] = field(default_factory=Counter)
    driver_seconds: float = 0.0


class Driver:
    """Visitors who play scripts; `open_talk` opens a new conversation in the session. `on_measure` is called after the
    warm-up and when everything is answered.
    """

    def __init__(
        self,
        open_talk: Callable[[aiohttp.ClientSession], Talk],
        scripts: Iterator[Script],
        visitors: int,
        on_measure: Callable[[], None],
    ) -> None:
        self._open_talk = open_talk
        self._scripts = scripts
        self._visitors = visitors
        self._on_measure = on_measure
        self._due: asyncio.Queue[float | None] = asyncio.Queue()
        self._measuring = False
        self._over = False
        self._load = Load()

    async def run(self, seconds: float, warm_up: float, rate: float | None = None, seed: int = 1) -> Load:
        """Run for this long: as fast as they answer, or at a rate (turns a second)."""
        async with open_session() as session:
            visits = [asyncio.create_task(self._visit(session, paced=rate is not None)) for _ in range(self._visitors)]
            pace = asyncio.create_task(self._fall_due(rate, random.Random(seed))) if rate else None
            await asyncio.sleep(warm_up)
            self._on_measure()
            began, used = time.perf_counter(), time.process_time()
            self._measuring = True
            await asyncio.sleep(seconds)
            self._over = True
            if pace:  # messages already due are still answered, and count
                pace.cancel()
                for _ in visits:
                    self._due.put_nowait(None)
            else:
                self._measuring = False
                self._load.seconds = time.perf_counter() - began
            await asyncio.gather(*visits)
            self._load.seconds = self._load.seconds or time.perf_counter() - began
            self._load.driver_seconds = time.process_time() - used
            self._on_measure()
        return self._load

    async def _fall_due(self, rate: float, dice: random.Random) -> None:
        due = time.perf_counter()
        while True:
            due += dice.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._due.put_nowait(due)

    async def _visit(self, session: aiohttp.ClientSession, *, paced: bool) -> None:
        while not self._over:
            talk, script = self._open_talk(session), next(self._scripts)
            try:
                await talk.begin()
                for message in script.messages:
                    due = await self._due.get() if paced else None if self._over else time.perf_counter()
                    if due is None:
                        return
                    counts = self._measuring
                    await talk.say(message)
                    if counts and (paced or self._measuring):
                        self._load.taken.append(time.perf_counter() - due)
            except (LostTurnError, aiohttp.ClientError, TimeoutError) as problem:
                self._load.lost[str(problem) or type(problem).__name__] += 1
            finally:
                await talk.end()
