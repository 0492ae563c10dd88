"""Pages, the widget, and operators' endpoints."""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lamoon.channels.service import ChannelService
from lamoon.chat.services import Services
from lamoon.web.openapi import DOCUMENT

HERE = Path(__file__).parent
PAGES = HERE / "pages"
STATIC = HERE / "static"
EVERYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "max-age=300"}
"""For the widget, which studios' pages load from here."""
FOR_GOOD = EVERYWHERE | {"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=31536000, immutable"}
"""For its second file, whose name changes with its content. Modules are loaded with CORS, unlike scripts."""


class Site:
    """Pages outside any conversation."""

    def __init__(self, services: Services, channels: ChannelService) -> None:
        self._services = services
        self._channels = channels

    @property
    def routes(self) -> list[BaseRoute]:
        """The demo page, the widget, and operators' endpoints."""
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/widget.js", self.widget, methods=["GET"]),
            Route("/widget-later.{version}.js", self.widget_later, methods=["GET"]),
            Route("/health", self.health, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
            Route("/openapi.json", self.openapi, methods=["GET"]),
            Route("/docs", self.docs, methods=["GET"]),
            Mount("/pages", StaticFiles(directory=PAGES), name="pages"),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
            Mount("/docs", StaticFiles(directory=HERE / "docs"), name="docs"),
        ]

    async def home(self, request: Request) -> Response:
        """The demo page."""
        return FileResponse(PAGES / "index.html")

    async def widget(self, request: Request) -> Response:
        """The script that a studio's page embeds."""
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=EVERYWHERE)

    async def widget_later(self, request: Request) -> Response:
        """What the widget loads once it is opened, by the version that fits it; 404 for a widget of another release."""
        if request.path_params["version"] != _version(STATIC / "widget-later.js"):
            raise HTTPException(404)
        return FileResponse(STATIC / "widget-later.js", media_type="text/javascript", headers=FOR_GOOD)

    async def health(self, request: Request) -> Response:
        """Whether a real message would be answered."""
        parts, channels = await self._services.health.parts(), self._channels.states()
        answers = parts["store"] == parts["rasa"] == "ok" and parts["disk"] in ("ok", "low")
        well = all(state == "ok" for state in (*parts.values(), *channels.values()))
        status = ("ok" if well else "degraded") if answers else "down"
        headers = {"Cache-Control": "no-store"}
        return JSONResponse(
            {"status": status, "parts": parts, "channels": channels}, 200 if answers else 503, headers=headers
        )

    async def metrics(self, request: Request) -> Response:
        """Counters for Prometheus."""
        page = await asyncio.to_thread(self._services.metrics.page)
        return Response(page, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def openapi(self, request: Request) -> Response:
        """The description of the interface."""
        return JSONResponse(DOCUMENT)

    async def docs(self, request: Request) -> Response:
        """The description as a page."""
        return HTMLResponse(_docs())


def _version(file: Path) -> str:
    """The version in a file's public name, as widget/build.mjs makes it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


@cache
def _docs() -> str:
    pages = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    return pages.get_template("docs.html.jinja").render(api=DOCUMENT, operations=list(_operations()), resolve=_resolve)


def _operations() -> list[dict[str, Any]]:
    return [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    """The target of a {$ref}; the node itself when it is not one."""
    found: Any = node
    while "$ref" in found:
        place: Any = DOCUMENT
        for key in found["$ref"].removeprefix("#/").split("/"):
            place = place[key]
        found = place
    resolved: dict[str, Any] = found
    return resolved
