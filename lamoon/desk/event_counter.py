"""`lamoon events`: counts Rasa's events from RabbitMQ for the desk's figures, until stopped.

The address is that of `event_broker` in endpoints.yml. An event is acknowledged once it is counted, and counted once
however often it is delivered; while the database is away, events stay in RabbitMQ. Any number of consumers may run.
Exit codes: 0 stopped, 2 something has to be corrected first (the message says what).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aio_pika
import yaml
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from lamoon import logs
from lamoon.errors import ConfigurationError, ContractError, LamoonError
from lamoon.project import PROJECT
from lamoon.retry import backoff, retry_until_stored
from lamoon.settings import load_settings
from lamoon.storage.database import Database
from lamoon.storage.event_counts import EVENT_QUEUE, CountedEvent, EventCounts

log = logging.getLogger("lamoon.desk.event_counter")

TOGETHER: Final = 100
"""Events counted in one transaction at most."""
FORGET_SECONDS: Final = 3600.0
CONNECT_SECONDS: Final = 10.0
EXAMPLE: Final = (
    "event_broker: {type: lamoon.nlu.event_publisher.EventPublisher, url: amqp://user:password@127.0.0.1:5672}"
)


def main() -> int:
    """Counts until stopped; returns the exit code."""
    try:
        settings = load_settings()
        logs.configure(settings.log_level)
        broker = broker_of(PROJECT / "endpoints.yml")
        counts = EventCounts(Database(settings.database_url.reveal()))
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        return 2
    asyncio.run(_until_stopped(broker, counts))
    return 0


@dataclass(frozen=True)
class Broker:
    """Where events are published: RabbitMQ's address, with a password perhaps, and the queue."""

    address: str = field(repr=False)
    queue: str = EVENT_QUEUE


def broker_of(path: Path) -> Broker:
    """The broker in an endpoints.yml, environment variables put in.

    Raises:
        ConfigurationError: when there is none.
    """
    found: Any = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("event_broker") or {}
    address = os.path.expandvars(str(found.get("url") or ""))
    if not address.startswith(("amqp://", "amqps://")):
        raise ConfigurationError(str(path), None, "names no RabbitMQ", "an event_broker with an address", EXAMPLE)
    return Broker(address, str(found.get("queue") or EVENT_QUEUE))


async def _until_stopped(broker: Broker, counts: EventCounts) -> None:
    work = asyncio.create_task(count_events(broker, counts))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    await asyncio.gather(work, return_exceptions=True)


async def count_events(broker: Broker, counts: EventCounts) -> None:
    """Counts until cancelled; waits for RabbitMQ and for the database as long as it takes."""
    attempt = 0
    while True:
        try:
            async with await aio_pika.connect(broker.address, timeout=CONNECT_SECONDS) as connection:
                attempt = 0
                await _count_all(connection, broker.queue, counts)
        except (aio_pika.exceptions.AMQPError, OSError, RuntimeError, TimeoutError) as error:
            attempt += 1
            log.warning("RabbitMQ cannot be reached: %s", type(error).__name__)
            await asyncio.sleep(backoff(attempt))


async def _count_all(connection: AbstractConnection, name: str, counts: EventCounts) -> None:
    """Counts until the connection ends, which raises ConnectionError."""
    waiting: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
    connection.close_callbacks.add(lambda *_: waiting.put_nowait(None))
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=TOGETHER)
    exchange = await channel.declare_exchange(name, aio_pika.ExchangeType.FANOUT)
    queue = await channel.declare_queue(name, durable=True)
    await queue.bind(exchange, "")
    await queue.consume(waiting.put)
    log.info("Counting events.")
    forgotten = 0.0
    while True:
        if time.monotonic() > forgotten + FORGET_SECONDS or not forgotten:
            await retry_until_stored(counts.forget)
            forgotten = time.monotonic()
        messages: list[AbstractIncomingMessage] = []
        while not messages or (not waiting.empty() and len(messages) < TOGETHER):
            message = await waiting.get()
            if message is None:
                raise ConnectionError("the connection ended")
            messages.append(message)
        readable = {id(message): event for message in messages if (event := _event(message))}
        await retry_until_stored(counts.add, list(readable.values()))
        for message in messages:
            # After a reconnection an acknowledgement comes too late; the event is delivered again, and not counted again.
            with contextlib.suppress(aio_pika.exceptions.AMQPError, RuntimeError):
                await (message.ack() if id(message) in readable else message.reject())


def _event(message: AbstractIncomingMessage) -> CountedEvent | None:
    try:
        return CountedEvent.from_json(json.loads(message.body))
    except (ValueError, ContractError):
        log.warning("A message in the queue of events is none and is dropped")
        return None


if __name__ == "__main__":
    logs.protect("events")
    sys.exit(main())
