"""Guards in front of every request: size, host, origin, and response headers."""

from __future__ import annotations

import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lamoon.booking.health_form_store import PATH as HEALTH_FORMS
from lamoon.chat.errors import ApiError
from lamoon.chat.limits import LONGEST
from lamoon.checks import host_name, is_address_or_local_name
from lamoon.phrasebook import say
from lamoon.settings import Settings
from lamoon.studio import Studio

MOST_BYTES = 131_072
"""A message of LONGEST characters takes at most 120,000 bytes in JSON."""
MOST_WEBHOOK_BYTES = 3_000_000
"""Meta batches up to 1,000 events in one request."""
WEBHOOKS = "/webhooks/"
MOST_FORM_BYTES = 2_000_000
"""A health form says itself, beside what was typed, which answer is too long: it has to be read for that."""
MORE_BYTES = {WEBHOOKS: MOST_WEBHOOK_BYTES, HEALTH_FORMS: MOST_FORM_BYTES}

PAGE_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
))  # fmt: skip
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
WRONG_HOST = (
    "This server does not know itself by the name in the address. LAMOON_PUBLIC_URL sets that name (docs/settings.md)."
)


class SecurityHeaders:
    """Adds security headers to every response; pages get the policy of pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request (called by Starlette)."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a body over MOST_BYTES (or the limit of its path in MORE_BYTES), whatever its header says, unread.

    The refusal that the visitor reads names the emergency number of the `studio`.
    """

    def __init__(self, app: ASGIApp, studio: Studio) -> None:
        self._app = app
        self._studio = studio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request (called by Starlette)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = next((most for path, most in MORE_BYTES.items() if scope["path"].startswith(path)), MOST_BYTES)
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length[:12]) > most:
            await self._too_big().response()(scope, receive, send)
            return
        read = 0

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise self._too_big()
            return message

        await self._app(scope, receive_limited, send)

    def _too_big(self) -> ApiError:
        return ApiError(413, "too_large", say("too_big", most=LONGEST, emergency=self._studio.numbers.emergency))


class HostGuard:
    """Refuses requests for a host name that is not ours.

    An attacker may point their own name at our address, so that a browser treats their pages as ours (DNS rebinding).
    That does not work with an IP address, or with a name without a dot, which only the local network knows; both are
    always accepted.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request (called by Starlette)."""
        if scope["type"] == "http":
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) > 1 or not all(map(self._is_ours, hosts)):
                await ApiError(421, "wrong_host", WRONG_HOST).response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        return is_address_or_local_name(host) or host_name(host) in self._names


def own_names(settings: Settings) -> set[str]:
    """The gateway's host names: this machine's, the public address's, and those of pages with the chat."""
    machine = socket.gethostname().lower()
    addresses = (settings.channels.public_url, *settings.allowed_origins)
    return {machine, f"{machine}.local"} | {name for address in addresses if (name := _name_in(address))}


def _name_in(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None  # the channel check reports it


class OriginGuard:
    """Accepts browsers from our own pages and the allowed origins only. Programs send no Origin and need a token."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request (called by Starlette)."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and not self._may(origin.lower(), headers.get("host", "").lower()):
                await ApiError(403, "origin_not_allowed", say("foreign_page")).response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _may(self, origin: str, host: str) -> bool:
        """Whether pages of `origin` are allowed. Our own host counts with either scheme: a proxy may end HTTPS before
        us.
        """
        scheme, _, place = origin.partition("://")
        return origin in self._origins or (scheme in ("http", "https") and place == host)
