"""Gives every request its id: the one of a proxy in front where it is valid, else a new one. The response names it."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lamoon import request_id


class RequestIds:
    """Names the request while it is served, and in its response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request (called by Starlette)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = request_id.valid(Headers(scope=scope).get(request_id.HEADER)) or request_id.new_id()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[request_id.HEADER] = name
            await send(message)

        with request_id.working_on(name):
            await self._app(scope, receive, send_with_id)
