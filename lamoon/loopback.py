"""Refusal of requests by web pages to Rasa and the action server, which have no sign-in and serve local programs only.

Any page open in a browser on this machine can send requests to a loopback port. Such requests can be recognised: by
`Origin`, by `Sec-Fetch-Site`, by a `Host` name that was pointed at this machine, or by one of the few content types
that need no preflight (JSON needs one, which is never answered).
"""

from __future__ import annotations

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from lamoon import request_id, tracing
from lamoon.checks import is_address_or_local_name

PAGE_BODIES = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
FROM_A_PAGE = "This server is for programs on this machine. It takes nothing from web pages."
WRONG_HOST = "This server is for programs on this machine. Its address is 127.0.0.1 or localhost."
NOT_JSON = "The body has to be JSON, and the header Content-Type: application/json."


def refuse_pages(app: Sanic) -> None:
    """Make `app` refuse requests by web pages on every path, and process others under their request id."""
    app.register_middleware(_look, "request")
    app.register_middleware(_take_id, "request")


def _take_id(request: Request) -> None:
    # Always: a connection is one task, which would keep the id of the previous request.
    request_id.set_current(request_id.valid(request.headers.get(request_id.HEADER)))
    tracing.set_parent(request.headers.get(tracing.HEADER))


def _look(request: Request) -> HTTPResponse | None:
    headers = request.headers
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return json({"error": FROM_A_PAGE}, status=403)
    if not all(map(is_address_or_local_name, headers.getall("host", []))):
        return json({"error": WRONG_HOST}, status=421)
    if headers.get("content-type", "").partition(";")[0].strip().lower() in PAGE_BODIES:
        return json({"error": NOT_JSON}, status=415)
    return None
