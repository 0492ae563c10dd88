"""A plug-in of the action server that refuses requests of web pages."""

from __future__ import annotations

import pluggy
from sanic import Sanic

from lamoon.loopback import refuse_pages

hook = pluggy.HookimplMarker("rasa_sdk")


@hook
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Called by the action server after loading this package."""
    refuse_pages(app)
