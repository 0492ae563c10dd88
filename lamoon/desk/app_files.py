"""What a browser reads to install the desk as an app: its manifest and its service worker. Neither needs a sign-in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lamoon.desk.request import HEADERS, desk_of

WORKER: Final = Path(__file__).with_name("static") / "worker.js"


async def manifest(request: Request) -> Response:
    """The manifest, with the studio's name."""
    name = desk_of(request).services.studio.name
    icon = {"src": "/desk/static/icon-512.png", "sizes": "512x512", "type": "image/png"}
    small = {"src": "/desk/static/icon-192.png", "sizes": "192x192", "type": "image/png"}
    return JSONResponse(
        {
            "id": "/desk",
            "name": f"{name} desk",
            "short_name": "Desk",
            "description": "Conversations and requests of clients",
            "start_url": "/desk/inbox",
            "scope": "/desk/",
            "display": "standalone",
            "background_color": "#f5f4f8",
            "theme_color": "#4b3f8f",
            "icons": [small, icon, icon | {"purpose": "maskable"}],
        },
        headers=HEADERS,
        media_type="application/manifest+json",
    )


async def worker(request: Request) -> Response:
    """The service worker; its address sets its scope, which is the desk."""
    return FileResponse(WORKER, media_type="text/javascript", headers=HEADERS)


ROUTES = [
    Route("/desk/manifest.webmanifest", manifest, methods=["GET"]),
    Route("/desk/worker.js", worker, methods=["GET"]),
]
