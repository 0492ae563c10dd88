"""The application: parts, routes and guards."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from lamoon.errors import LamoonError
from lamoon.gateway import chat, site
from lamoon.gateway.channels import incoming
from lamoon.gateway.desk import routes as desk
from lamoon.gateway.desk.trouble import is_at_desk, show_trouble
from lamoon.gateway.errors import handle
from lamoon.gateway.guards import BodyLimit, HostGuard, OriginGuard, SecurityHeaders, own_names
from lamoon.gateway.handover import watch
from lamoon.gateway.parts import build
from lamoon.settings import Settings

PREFLIGHT_SECONDS = 600


def make_app(settings: Settings) -> Starlette:
    """The gateway as an ASGI application.

    Raises:
        LamoonError: when studio.yml, the topics, the database or the key cannot be used.
    """
    gateway = build(settings)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=("GET", "POST", "DELETE"),
        allow_headers=("Authorization", "Content-Type", "Last-Event-ID"),
        expose_headers=("Retry-After",),
        max_age=PREFLIGHT_SECONDS,
    )
    guards = [
        Middleware(SecurityHeaders),
        Middleware(HostGuard, names=own_names(settings)),
        Middleware(OriginGuard, origins=settings.allowed_origins),
        cors,
        Middleware(BodyLimit, emergency=gateway.studio.numbers.emergency),
    ]
    app = Starlette(
        routes=[*chat.ROUTES, *incoming.ROUTES, *desk.ROUTES, *site.ROUTES],
        middleware=guards,
        exception_handlers=dict.fromkeys((LamoonError, HTTPException, ClientDisconnect, Exception), _explain),
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False  # it redirects to whatever host the request names
    app.state.gateway = gateway
    return app


async def _explain(request: Request, error: Exception) -> Response:
    """The answer to an error: a page for people at the desk, JSON for programs."""
    return await (show_trouble if is_at_desk(request) else handle)(request, error)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Takes up what an earlier process left; ends tidily. A process that is killed loses nothing either."""
    gateway = app.state.gateway
    await gateway.turns.take_up()
    await gateway.triage.take_up()
    works = (gateway.eraser.run(), watch(gateway.handovers, gateway.hub), gateway.channels.run())
    working = [asyncio.create_task(work) for work in works]
    yield
    for task in working:
        task.cancel()
    await gateway.triage.stop()
    await gateway.turns.stop()
    await gateway.channels.stop()
    await gateway.rasa.close()
    gateway.bookings.close()
