"""The webhooks of messaging platforms: nothing unverified gets in, and what gets in is kept before it is acknowledged."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from lamoon.gateway.channels.adapter import Adapter, Incoming
from lamoon.gateway.errors import ApiError
from lamoon.gateway.parts import gateway_of

log = logging.getLogger("lamoon.gateway.channels")

FOREIGN = "This is not signed by the platform that it claims to come from."
NONSENSE = "This is not what the platform's documentation describes."


async def handshake(request: Request) -> Response:
    """Answers a platform that wants to know whether we are there."""
    host, incoming = await _read(request)
    answer = host.handshake(incoming)
    if answer is None:
        raise _refused(request)
    return PlainTextResponse(answer)


async def hear(request: Request) -> Response:
    """Keeps what people did, and says that it is kept. They are answered later."""
    host, incoming = await _read(request)
    if not host.verify(incoming):
        raise _refused(request)
    try:
        events = host.unpack(incoming)
    except ValueError:
        log.warning("A webhook of %s made no sense", host.name)
        raise ApiError(400, "invalid", NONSENSE) from None
    await gateway_of(request).channels.hear(events)
    answer = host.acknowledge(incoming)
    return JSONResponse(answer) if answer is not None else Response()


ROUTES = [
    Route("/webhooks/{platform}", handshake, methods=["GET"]),
    Route("/webhooks/{platform}", hear, methods=["POST"]),
]


async def _read(request: Request) -> tuple[Adapter, Incoming]:
    host = gateway_of(request).channels.host(request.path_params["platform"])
    if host is None:
        raise HTTPException(404)
    return host, Incoming(dict(request.headers), dict(request.query_params), await request.body())


def _refused(request: Request) -> ApiError:
    gateway_of(request).metrics.refused.labels("signature").inc()
    return ApiError(403, "signature_invalid", FOREIGN)
