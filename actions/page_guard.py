"""A plug-in of the action server that refuses requests by web pages, and logs calls."""

from __future__ import annotations

import logging

import pluggy
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from lamoon.loopback import refuse_pages

log = logging.getLogger(__name__)
hook = pluggy.HookimplMarker("rasa_sdk")


@hook
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Called by the action server after loading this package."""
    refuse_pages(app)
    app.register_middleware(_log, "response")


def _log(request: Request, response: HTTPResponse) -> None:
    """Log a line per call with the request id from Rasa, but without the action's name, which the caller chooses."""
    if request.path == "/webhook":
        log.info("A call was answered with %d", response.status)
