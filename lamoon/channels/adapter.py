"""What every messaging platform has to bring. One file each; the rest of the gateway knows this interface only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import httpx

from lamoon.chat.model import Node
from lamoon.checks import check_url
from lamoon.errors import LamoonError
from lamoon.settings import is_loopback

EventKind = Literal["text", "choice", "media", "start", "stop", "delete", "blocked"]
"""What a person did. media: sent something other than text. blocked: wants no more messages, says the platform."""
ApiRequest = dict[str, Any]
"""One request to the platform, fit for JSON. A long message is several, in order."""


class SendError(LamoonError):
    """A part did not arrive. The reason is for logs and staff: it holds no message text, address or secret.

    `retry_after`: seconds that the platform asks to wait, None when it names none. `final`: trying again is of no
    use. `blocked`: the person wants no messages from us, or is not there any more; final too.
    """

    def __init__(
        self, reason: str, *, retry_after: float | None = None, final: bool = False, blocked: bool = False
    ) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.final = final or blocked
        self.blocked = blocked


@dataclass(frozen=True)
class Incoming:
    """A webhook request as it came. Names of headers are in lower case."""

    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class IncomingEvent:
    """One thing that one person did.

    `event_id` is the platform's name of it, which stays the same when it is delivered again; `address` the person's
    there; `choice` the key of a button of ours (`Outgoing.choices`).
    """

    event_id: str
    address: str = field(repr=False)
    kind: EventKind
    text: str = field(default="", repr=False)
    choice: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class DeliveryFailure:
    """A message of ours that the platform had taken did not reach the person after all.

    `message_id` is that of `Outgoing`, which travels with the message and comes back; `error` says why.
    """

    message_id: int
    error: SendError


Event = IncomingEvent | DeliveryFailure


@dataclass(frozen=True)
class Outgoing:
    """A stored message to deliver: its safe tree, its kind, and its choices as (title, key)."""

    message_id: int
    kind: str
    body: Sequence[Node] = field(repr=False)
    choices: Sequence[tuple[str, str]] = field(default=(), repr=False)


class Adapter(Protocol):
    """One platform account. Meta's and Twilio's serve several channels; each of those has an adapter of its own."""

    @property
    def name(self) -> str:
        """The channel: telegram, whatsapp, messenger, instagram, sms or twilio_whatsapp."""
        ...

    def handshake(self, incoming: Incoming) -> str | None:
        """The answer to a GET by which the platform makes sure that we are there; None refuses."""
        ...

    def verify(self, incoming: Incoming) -> bool:
        """Whether the request is from the platform. Compares in constant time."""
        ...

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """What happened, each with its channel, in order. Raises ValueError when the body makes no sense."""
        ...

    def acknowledge(self, incoming: Incoming) -> dict[str, Any] | None:
        """What answers a verified webhook as JSON; None where the platform expects nothing but 200."""
        ...

    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """The requests that bring a message to a person, within the platform's limits; nothing is cut off."""
        ...

    async def send(self, address: str, part: ApiRequest) -> None:
        """Sends one of them. Raises SendError."""
        ...

    async def check(self) -> str:
        """Asks the platform whether our account works; says so in one sentence. Raises SendError."""
        ...


@dataclass(frozen=True)
class PlatformSetup:
    """What the settings make of a platform: an adapter for each of its channels, and why others are off.

    The first adapter takes the platform's webhooks. Nothing of both: the platform is not configured.
    """

    adapters: Sequence[Adapter] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


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
