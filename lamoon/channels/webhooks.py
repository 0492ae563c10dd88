"""Webhooks of messaging platforms: only verified requests are accepted, and they are stored before they are
acknowledged.
"""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from lamoon.channels.adapter import Adapter, Incoming
from lamoon.channels.service import ChannelService
from lamoon.chat.errors import ApiError
from lamoon.chat.metrics import Metrics

log = logging.getLogger("lamoon.channels")

FOREIGN = "This is not signed by the platform that it claims to come from."
NONSENSE = "This is not what the platform's documentation describes."


class Webhooks:
    """Takes webhooks for the active channels."""

    def __init__(self, service: ChannelService, metrics: Metrics) -> None:
        self._service = service
        self._metrics = metrics

    @property
    def routes(self) -> list[Route]:
        """One address for each platform."""
        return [
            Route("/webhooks/{platform}", self.handshake, methods=["GET"]),
            Route("/webhooks/{platform}", self.receive, methods=["POST"]),
        ]

    async def handshake(self, request: Request) -> Response:
        """Answers a platform that verifies the webhook."""
        host, incoming = await self._read(request)
        answer = host.handshake(incoming)
        if answer is None:
            raise self._refused(request)
        return PlainTextResponse(answer)

    async def receive(self, request: Request) -> Response:
        """Stores the events and acknowledges them. Answers follow later."""
        host, incoming = await self._read(request)
        if not host.verify(incoming):
            raise self._refused(request)
        try:
            events = host.unpack(incoming)
        except ValueError:
            log.warning("A webhook of %s made no sense", host.name)
            raise ApiError(400, "invalid", NONSENSE) from None
        await self._service.receive(events)
        answer = host.acknowledge(incoming)
        return JSONResponse(answer) if answer is not None else Response()

    async def _read(self, request: Request) -> tuple[Adapter, Incoming]:
        host = self._service.host(request.path_params["platform"])
        if host is None:
            raise HTTPException(404)
        return host, Incoming(dict(request.headers), dict(request.query_params), await request.body())

    def _refused(self, request: Request) -> ApiError:
        self._metrics.refused.labels("signature").inc()
        return ApiError(403, "signature_invalid", FOREIGN)
