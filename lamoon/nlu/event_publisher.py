"""An event broker for RabbitMQ, for external statistics: events and their times, without a visitor's words.

Rasa's own broker publishes whole events, with messages and health words, which an erasure would not reach. This one
sends only `CountedEvent`s. A turn repeated after a failure has the same ids. RabbitMQ may be unreachable at any time:
conversations continue, and up to MOST_WAITING events are sent when it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from rasa.core.brokers.pika import PikaEventBroker
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, UserUttered
from rasa.utils.endpoints import EndpointConfig

from lamoon.contract import ConversationName
from lamoon.storage.event_counts import EVENT_QUEUE, CountedEvent

log = logging.getLogger("lamoon.nlu.event_publisher")

MOST_WAITING: Final = 10_000
MOST_TURNS: Final = 1_000
"""Maximum conversations whose latest turn is kept for the ids of its events."""
RETRY_SECONDS: Final = 2.0
SEND_SECONDS: Final = 10.0
PORT: Final = 5672
NAMED: Final = (ActionExecuted.type_name, ActionExecutionRejected.type_name, ActiveLoop.type_name)
NOT_COUNTED: Final = (ACTION_LISTEN_NAME, "action_session_start")


class EventCounting:
    """Make counted events from Rasa's in order: those of a turn follow the message that began it."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def counted(self, event: Mapping[str, Any]) -> CountedEvent | None:
        """Return the published form of an event; None if it does not count, or belongs to a sandbox conversation."""
        sender, kind = str(event.get("sender_id")), str(event.get("event"))
        conversation = ConversationName.read(sender)
        if conversation is None or conversation.is_sandbox:
            return None
        at = float(event.get("timestamp") or 0.0)
        if kind == UserUttered.type_name:
            message = (event.get("metadata") or {}).get("message_id", at)
            turn, number = str(message), 0
            name = str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "")
        elif kind in NAMED and event.get("name") not in NOT_COUNTED and sender in self._turns:
            turn, number = self._turns[sender]
            name = str(event.get("name") or "none")
        else:
            return None
        self._turns.pop(sender, None)
        self._turns[sender] = turn, number + 1
        if len(self._turns) > MOST_TURNS:
            self._turns.popitem(last=False)
        key = hashlib.sha256(f"{sender} {turn} {number} {kind} {name}".encode()).hexdigest()
        return CountedEvent(key, kind, name, at)


class EventPublisher(PikaEventBroker):
    """Configured in endpoints.yml as `event_broker: {type: lamoon.nlu.event_publisher.EventPublisher, url:
    amqp://...}`; with `queue` if several installations share a RabbitMQ.
    """

    _sending: asyncio.Task[None]
    _waiting: asyncio.Queue[CountedEvent]
    _counting: EventCounting
    _address: str

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig | None, event_loop: asyncio.AbstractEventLoop | None = None
    ) -> EventPublisher | None:
        """Make the publisher (called by Rasa); it connects in the background."""
        if broker_config is None:
            return None
        address, queue = urlsplit(broker_config.url), broker_config.kwargs.get("queue", EVENT_QUEUE)
        loop = event_loop or asyncio.get_running_loop()
        publisher = cls(
            address.hostname or "127.0.0.1",  # not all of it: Rasa logs this
            username="",
            password="",
            port=address.port or PORT,
            queues=[queue],
            exchange_name=queue,
            event_loop=loop,
            connection_attempts=1,
            retry_delay_in_seconds=0,
        )
        publisher._address = broker_config.url
        publisher._counting = EventCounting()
        publisher._waiting = asyncio.Queue(MOST_WAITING)
        publisher._sending = loop.create_task(publisher._send_all())
        return publisher

    def publish(self, event: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        """Queue the published form of an event (called by Rasa's tracker store). Drops it if the queue is full."""
        if found := self._counting.counted(event):
            with contextlib.suppress(asyncio.QueueFull):
                self._waiting.put_nowait(found)

    def _configure_url(self) -> str:
        return self._address

    async def close(self) -> None:
        """Close the connection."""
        self._sending.cancel()
        await super().close()

    async def _send_all(self) -> None:
        """Send the queue in order, repeating each event until RabbitMQ confirms it."""
        await self._insist(self.connect)
        while True:
            event = await self._waiting.get()
            await self._insist(partial(self._send, event))

    async def _send(self, event: CountedEvent) -> None:
        assert self._exchange is not None  # since it is connected; afterwards the client reconnects by itself
        await self._exchange.publish(self._message(event.to_json(), None), "", timeout=SEND_SECONDS)

    @staticmethod
    async def _insist(work: Callable[[], Awaitable[object]]) -> None:
        is_first = True
        while True:
            try:
                await work()
            except Exception as error:
                if is_first:
                    log.warning("RabbitMQ cannot be reached (%s): events wait", type(error).__name__)
                is_first = False
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
