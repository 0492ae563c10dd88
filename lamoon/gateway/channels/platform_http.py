"""Requests to platforms. Whatever goes wrong becomes a SendError, whose words hold no address, text or secret."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from lamoon.checks import check_url
from lamoon.gateway.channels.adapter import SendError
from lamoon.settings import is_loopback

SECONDS = 30.0
"""How long a platform may take to answer."""
CONNECT_SECONDS = 10.0
TOGETHER = 20
"""Requests at the same time to one platform."""


def platform_client(base: str, **options: Any) -> httpx.AsyncClient:
    """A client of its own for one platform, so that a slow one keeps nobody else waiting.

    Raises ValueError when `base` is no web address, or would carry secrets unencrypted to another machine.
    """
    parts = urlsplit(check_url(base))
    local = is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not local:
        raise ValueError(f"'{base}' would send secrets unencrypted: it has to begin with https")
    limits = httpx.Limits(max_connections=TOGETHER + 4, max_keepalive_connections=TOGETHER)
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(base_url=base, limits=limits, timeout=timeout, trust_env=not local, **options)


async def call(client: httpx.AsyncClient, method: str, path: str, **content: Any) -> httpx.Response:
    """The platform's answer, whatever its status. Raises SendError when there is none."""
    try:
        return await client.request(method, path, **content)
    except httpx.TimeoutException:
        raise SendError("the platform took too long to answer") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SendError(f"the platform could not be reached ({type(error).__name__})") from None


def json_object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object that the platform answered; empty when it is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def retry_after(answer: httpx.Response) -> float | None:
    """The seconds of the header Retry-After, None without one or when it is a date."""
    text = answer.headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def refusal(answer: httpx.Response, reason: str) -> SendError:
    """What an answer other than 2xx means where the platform's own error codes say nothing more.

    A wrong token (401, 404) is the studio's to put right: messages wait for that.
    """
    status = answer.status_code
    final = status not in (401, 404, 408, 425, 429) and status < 500
    return SendError(f"HTTP {status}: {reason}", retry_after=retry_after(answer), final=final)
