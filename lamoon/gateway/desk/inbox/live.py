"""Tells an open page of the inbox that there is something new; the page then reads itself again."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from lamoon.gateway.desk.visit import HEADERS, Visit, page
from lamoon.gateway.hub import ALL, Hub

PING_SECONDS = 15
SEND_SECONDS = 30
RECONNECT_MILLISECONDS = 2000


async def live(visit: Visit) -> Response:
    """Server-sent events `changed`, of one conversation (`?conversation=`) or of all."""
    conversation_id = visit.request.query_params.get("conversation", ALL)
    return EventSourceResponse(
        _changes(visit.gateway.hub, conversation_id),
        ping=PING_SECONDS,
        send_timeout=SEND_SECONDS,
        sep="\n",
        headers=HEADERS,
    )


async def _changes(hub: Hub, conversation_id: str) -> AsyncIterator[ServerSentEvent]:
    with hub.listening(conversation_id) as listener:
        # What came while the page was on its way, or while the stream was cut, is read now.
        yield ServerSentEvent("{}", event="changed", retry=RECONNECT_MILLISECONDS)
        while True:
            to_read, _ = await listener.news()
            if to_read:
                yield ServerSentEvent("{}", event="changed")


ROUTES = [page("/inbox/live", live)]
