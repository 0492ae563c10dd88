"""One conversation as server-sent events: what is in the store, in order, then whatever comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from lamoon.errors import StoreError
from lamoon.gateway.model import Conversation
from lamoon.gateway.parts import Gateway
from lamoon.gateway.records import GoneError
from lamoon.gateway.view import message_view, status_view

PING_SECONDS = 15
SEND_SECONDS = 30
"""A reader that takes nothing for so long is let go; it comes back and resumes."""
RECONNECT_MILLISECONDS = 2000
PAGE = 200


def stream(gateway: Gateway, conversation: Conversation, after: int) -> EventSourceResponse:
    """The answer that goes on until the reader leaves or the conversation is deleted."""
    return EventSourceResponse(
        _events(gateway, conversation, after), ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n"
    )


async def _events(gateway: Gateway, conversation: Conversation, after: int) -> AsyncIterator[ServerSentEvent]:
    """Every message is read from the store after its listener is in place: none is missed, none comes twice."""
    with gateway.hub.listening(conversation.id) as listener:
        yield ServerSentEvent(retry=RECONNECT_MILLISECONDS, comment="welcome")
        told: dict[str, Any] = {}
        if gateway.turns.is_answering(conversation.id):
            listener.wake(("typing", {"on": True}))
        listener.wake()
        while True:
            to_read, events = await listener.news()
            if to_read:
                try:
                    conversation, messages = await asyncio.to_thread(gateway.store.since, conversation.id, after, PAGE)
                except GoneError:
                    yield _event("deleted", {})
                    return
                except StoreError:
                    return  # the reader comes back and resumes
                status = status_view(conversation, bot_up=gateway.rasa.up)
                if status != told:
                    told = status
                    yield _event("status", status)
                for message in messages:
                    after = message.id
                    yield _event("message", message_view(message, conversation, gateway.choices), message.id)
                if len(messages) == PAGE:
                    listener.wake()
            for name, data in events:
                yield _event(name, data)


def _event(name: str, data: dict[str, Any], event_id: int | None = None) -> ServerSentEvent:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(text, event=name, id=None if event_id is None else str(event_id))
