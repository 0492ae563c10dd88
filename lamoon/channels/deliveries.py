"""Delivers messages to platforms: in order for each person, many people at once.

Every undelivered message is in the database, with how many of its parts have arrived. Every channel has its own queue,
so a slow one delays no other. A part whose response was lost is sent again: platforms accept no idempotency key, and
twice is better than never.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from lamoon.channels.adapter import TOGETHER, Adapter, ApiRequest, Outgoing, SendError, choice_key
from lamoon.channels.store import ChannelStore, Delivery
from lamoon.chat.model import Message
from lamoon.retry import backoff, retry_until_stored
from lamoon.storage.leases import Leases
from lamoon.storage.time import now

log = logging.getLogger("lamoon.channels")

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
GIVE_UP = timedelta(hours=24)
"""An answer undelivered for so long is no longer useful."""
LEAST_TRIES = 20
"""Attempts take about an hour, so that a clock that is wrong for a minute makes no message too old."""
LOOK_SECONDS = 300.0
LAST_TRIES = 3
"""For messages that are not stored: the last ones to a person whose data was deleted."""


class ChannelQueue:
    """One channel: concurrency limit, a pause that the platform asked for, and its current problem."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.trouble = ""
        self._gate = asyncio.Semaphore(TOGETHER)
        self._closed_until = 0.0

    async def send(self, address: str, part: ApiRequest) -> str:
        """Sends a part as soon as a slot is free; the platform's id of it. Raises SendError."""
        async with self._gate:
            while (wait := self._closed_until - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            try:
                platform_id = await self.adapter.send(address, part)
            except SendError as error:
                if error.retry_after:
                    self._closed_until = max(self._closed_until, time.monotonic() + error.retry_after)
                if not error.final:
                    self.trouble = str(error)
                raise
            self.trouble = ""
            return platform_id

    async def look(self) -> None:
        """Asks the platform whether our account works."""
        try:
            log.info("%s", await self.adapter.check())
        except SendError as error:
            self.trouble = str(error)
            log.warning("The channel %s does not work: %s", self.adapter.name, error)
        else:
            self.trouble = ""


class Deliveries:
    """Processes due deliveries. `adapters` by channel."""

    def __init__(self, store: ChannelStore, adapters: Mapping[str, Adapter], leases: Leases) -> None:
        self._store = store
        self._leases = leases
        self.lanes = {name: ChannelQueue(adapter) for name, adapter in adapters.items()}
        self._due: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Resumes what an earlier process left and monitors the channels until cancelled."""
        fresh = set(self.lanes)
        while True:
            for conversation_id in await retry_until_stored(self._store.due):
                self.wake(conversation_id)
            await retry_until_stored(self._store.forget_old)
            troubled = [lane for name, lane in self.lanes.items() if name in fresh or lane.trouble]
            await asyncio.gather(*(lane.look() for lane in troubled))
            fresh.clear()
            await asyncio.sleep(LOOK_SECONDS)

    async def look_after_others(self) -> None:
        """Takes over what other gateways left undelivered, until cancelled."""
        await self._leases.take_over(self._store.due, self.wake)

    def wake(self, conversation_id: str) -> None:
        """Announces a possible delivery in this conversation."""
        self._due.add(conversation_id)
        if conversation_id not in self._tasks:
            self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def stop(self, conversation_id: str | None = None) -> None:
        """Stops work on one conversation, or on all. Undelivered messages wait in the store."""
        tasks = [self._tasks.get(conversation_id)] if conversation_id else list(self._tasks.values())
        for task in tasks:
            if task:
                task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def send_last(self, channel: str, address: str, message: Message) -> None:
        """Tries a few times to send a message that is not stored."""
        lane = self.lanes[channel]
        for part in lane.adapter.render(_outgoing(message)):
            for attempt in range(1, LAST_TRIES + 1):
                try:
                    await lane.send(address, part)
                except SendError as error:
                    log.warning("A last message by %s did not arrive: %s", channel, error)
                    if error.final or attempt == LAST_TRIES:
                        return
                    await asyncio.sleep(backoff(attempt, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))
                else:
                    break

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._due:
                self._due.discard(conversation_id)
                async with self._leases.hold(f"deliveries of {conversation_id}") as lease:
                    if lease is None or not await self._deliver_all(conversation_id):
                        return
                if self._leases.is_shared and await self._next(conversation_id):
                    self._due.add(conversation_id)  # queued by another gateway before the lease was free
        finally:
            self._due.discard(conversation_id)
            del self._tasks[conversation_id]

    async def _deliver_all(self, conversation_id: str) -> bool:
        """False where the channel was switched off: its deliveries wait until it is on again."""
        while delivery := await self._next(conversation_id):
            lane = self.lanes.get(delivery.channel)
            if lane is None:
                return False
            await self._deliver(lane, delivery)
        return True

    async def _next(self, conversation_id: str) -> Delivery | None:
        return await retry_until_stored(self._store.next_delivery, conversation_id)

    async def _deliver(self, lane: ChannelQueue, delivery: Delivery) -> None:
        """Sends the remaining parts, or records why one failed."""
        if delivery.due_at:
            wait = (delivery.due_at - now()).total_seconds()  # longer than any pause when the clock was set back
            await asyncio.sleep(min(max(0.0, wait), LONGEST_PAUSE_SECONDS))
        late, by_team = (
            delivery.is_late,
            delivery.message.author == "team" and lane.adapter.name in self._store.windows.tagged,
        )
        outgoing = replace(_outgoing(delivery.message), is_late=late, by_team=by_team, template=delivery.template)
        parts = lane.adapter.render(outgoing)
        sent = delivery.parts_sent
        try:
            for part in parts[sent:]:
                platform_id = await lane.send(delivery.address, part)
                sent += 1
                await retry_until_stored(
                    self._store.part_sent,
                    delivery.message.id,
                    sent,
                    last=sent == len(parts),
                    platform_id=platform_id,
                )
        except SendError as error:
            # A part that arrived reset the retry counter.
            await self._failed(delivery, error, delivery.attempts + 1 if sent == delivery.parts_sent else 1)
        except Exception as error:  # an adapter's failure on one message must not hold up those behind it
            log.error(
                "Message %d by %s cannot be sent: %s", delivery.message.id, delivery.channel, type(error).__name__
            )
            await retry_until_stored(
                self._store.failed, delivery.message.id, f"it cannot be sent ({type(error).__name__})"
            )
        else:
            if not parts:
                await retry_until_stored(self._store.part_sent, delivery.message.id, 0, last=True)

    async def _failed(self, delivery: Delivery, error: SendError, attempts: int) -> None:
        message = delivery.message
        log.warning("Message %d by %s did not arrive (attempt %d): %s", message.id, delivery.channel, attempts, error)
        if error.blocked:
            await retry_until_stored(self._store.failed, message.id, str(error))
            await retry_until_stored(self._store.stop, delivery.conversation_id, None)
        elif error.final or (now() - message.at > GIVE_UP and attempts >= LEAST_TRIES):
            await retry_until_stored(self._store.failed, message.id, str(error))
        else:
            seconds = max(backoff(attempts, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS), error.retry_after or 0.0)
            await retry_until_stored(self._store.put_off, message.id, attempts, seconds, str(error))


def _outgoing(message: Message) -> Outgoing:
    choices = tuple((choice.title, choice_key(message.id, index)) for index, choice in enumerate(message.choices))
    return Outgoing(message.id, message.kind, message.body, choices)
