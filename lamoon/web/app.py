"""The application: services, plug-ins, routes and guards."""

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

from lamoon.channels.client_messages import deliver_messages
from lamoon.channels.service import build_channel_service
from lamoon.channels.webhooks import Webhooks
from lamoon.chat.errors import handle
from lamoon.chat.handover import watch
from lamoon.chat.hub import NEWS
from lamoon.chat.services import build
from lamoon.chat.turns import URGENT
from lamoon.desk import routes as desk
from lamoon.desk.notifications.notifier import notify
from lamoon.desk.request import build_desk
from lamoon.desk.routes import is_at_desk, show_trouble
from lamoon.errors import LamoonError
from lamoon.settings import Settings
from lamoon.web.chat_api import ChatApi
from lamoon.web.guards import BodyLimit, HostGuard, OriginGuard, SecurityHeaders, own_names
from lamoon.web.health_form import HealthFormPages
from lamoon.web.request_ids import RequestIds
from lamoon.web.site import Site

PREFLIGHT_SECONDS = 600


def make_app(settings: Settings) -> Starlette:
    """The gateway as an ASGI application.

    Raises:
        LamoonError: when studio.yml, the topics, the database or the key cannot be used.
    """
    services = build(settings)
    channels = build_channel_service(services)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=("GET", "POST", "DELETE"),
        allow_headers=("Authorization", "Content-Type", "Last-Event-ID"),
        expose_headers=("Retry-After", "X-Request-ID"),
        max_age=PREFLIGHT_SECONDS,
    )
    guards = [
        Middleware(RequestIds),
        Middleware(SecurityHeaders),
        Middleware(HostGuard, names=own_names(settings)),
        Middleware(OriginGuard, origins=settings.allowed_origins),
        cors,
        Middleware(BodyLimit, studio=services.studio),
    ]
    app = Starlette(
        routes=[
            *ChatApi(services).routes,
            *Webhooks(channels, services.metrics).routes,
            *desk.ROUTES,
            *HealthFormPages(services).routes,
            *Site(services, channels).routes,
        ],
        middleware=guards,
        exception_handlers=dict.fromkeys((LamoonError, HTTPException, ClientDisconnect, Exception), _explain),
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False  # redirects to whatever host the request names
    app.state.services, app.state.channels = services, channels
    app.state.desk = build_desk(services, channels.people)
    return app


async def _explain(request: Request, error: Exception) -> Response:
    """The response to an error: a page for the desk, JSON for programs."""
    return await (show_trouble if is_at_desk(request) else handle)(request, error)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Resumes what an earlier process left; ends in order. A killed process loses nothing either."""
    services, channels = app.state.services, app.state.channels
    await services.turns.take_up()
    await services.triage.take_up()
    works = (
        services.leases.renew(),
        services.broadcast.run(
            {NEWS: services.hub.receive, URGENT: services.turns.receive_urgent}, services.hub.wake_all
        ),
        services.turns.look_after_others(),
        services.eraser.run(),
        watch(services.handovers, services.hub),
        channels.run(),
        deliver_messages(services, channels.people),
        notify(app.state.desk.notifier, services.hub, services.leases),
    )
    working = [asyncio.create_task(work) for work in works]
    yield
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    await services.triage.stop()
    await services.turns.stop()
    await channels.stop()
    await services.rasa.close()
    services.bookings.close()
