"""Rasa's event broker for RabbitMQ, for statistics elsewhere: what happened and when, and no words of a visitor.

Rasa's own broker publishes whole events, with messages and health words, which an erasure would not reach. This one sends
`CountedEvent`s only. A turn that is repeated after a failure has the same ids as before. RabbitMQ may be away at any
time: conversations go on, and what happened meanwhile is sent when it is back, up to MOST_WAITING.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict, deque
from collections.abc import Mapping
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
"""Conversations whose latest turn is known: for the ids of its events."""
RETRY_SECONDS: Final = 5.0
PORT: Final = 5672
NAMED: Final = (ActionExecuted.type_name, ActionExecutionRejected.type_name, ActiveLoop.type_name)
NOT_COUNTED: Final = (ACTION_LISTEN_NAME, "action_session_start")


class EventCounting:
    """Makes counted events of Rasa's, as they come: those of a turn after the message that began it."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def counted(self, event: Mapping[str, Any]) -> CountedEvent | None:
        """What is published of an event; None when it does not count, or belongs to a sandbox conversation."""
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
    """To be named in endpoints.yml as `event_broker: {type: lamoon.nlu.event_publisher.EventPublisher, url: amqp://...}`; with
    `queue`, where several installations share a RabbitMQ.
    """

    _connecting: asyncio.Task[None]
    _counting: EventCounting
    _address: str

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig | None, event_loop: asyncio.AbstractEventLoop | None = None
    ) -> EventPublisher | None:
        """Makes the publisher (called by Rasa); it connects in the background."""
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
        publisher._unpublished_events = deque(maxlen=MOST_WAITING)
        publisher._connecting = loop.create_task(publisher._connect_some_time())
        return publisher

    def publish(self, event: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        """Publishes what counts of an event (called by Rasa's tracker store, and for what waited)."""
        ours = event if "id" in event else None
        if ours is None:
            found = self._counting.counted(event)
            ours = found.to_json() if found else None
        if ours is None:
            return
        if self._exchange is None:
            self._unpublished_events.append(ours)
        else:
            super().publish(ours, headers)

    def _configure_url(self) -> str:
        return self._address

    async def close(self) -> None:
        """Closes the connection."""
        self._connecting.cancel()
        await super().close()

    async def _connect_some_time(self) -> None:
        """Connects as soon as RabbitMQ answers; afterwards its client reconnects by itself."""
        is_first = True
        while True:
            try:
                await self.connect()
            except Exception as error:
                if is_first:
                    log.warning("RabbitMQ cannot be reached (%s): events wait", type(error).__name__)
                is_first = False
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._publish_unpublished_messages()
                return
