"""The interface of a messaging platform, one file each; the rest of the product knows only this."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import httpx

from lamoon.channels.attachments import Attachment
from lamoon.channels.opt_out import wants_no_more
from lamoon.channels.window import Template
from lamoon.chat.model import Message, Node
from lamoon.checks import check_url, is_loopback, parse_int
from lamoon.errors import LamoonError

EventKind = Literal["text", "choice", "reaction", "media", "start", "stop", "delete", "blocked", "withdrawn"]
"""Kind of event. reaction: an emoji on one of our messages. media: something other than text was sent. blocked: the
platform says the person wants no more messages. withdrawn: they deleted a message of theirs.
"""
ApiRequest = dict[str, Any]
"""One API request, as JSON. A long message takes several, in order."""


class SendError(LamoonError):
    """A request failed. The reason is for logs and staff: no message text, address or secret.

    `retry_after`: seconds that the platform asks to wait, None when it names none. `final`: retrying is pointless.
    `blocked`: the person wants no messages from us, or has left the platform; also final.
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
    """A raw webhook request. Header names are in lower case."""

    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class IncomingEvent:
    """One thing that one person did.

    Attributes:
        event_id: the platform's id of it, the same when delivered again.
        address: the person's address there.
        kind: see `EventKind`.
        text: what was written; of a reaction its emoji.
        choice: the key of one of our buttons (`Outgoing.choices`).
        at: when, by the platform; None where it does not say.
        sent: what was sent instead of text.
        captioned: whether a text of the same message came just before.
        earlier: the `event_id` of the message that this one corrects or deletes.
        ours: the platform's id of our message that a reaction is on; empty where it does not say.
        quote: the words of that message, where the platform quotes them.
    """

    event_id: str
    address: str = field(repr=False)
    kind: EventKind
    text: str = field(default="", repr=False)
    choice: str = ""
    at: datetime | None = None
    sent: Attachment = field(default_factory=Attachment)
    captioned: bool = False
    earlier: str = ""
    ours: str = ""
    quote: str = field(default="", repr=False)


@dataclass(frozen=True)
class DeliveryFailure:
    """A message that the platform had accepted did not reach the person.

    `message_id` is that of `Outgoing`, which travels with the message and comes back; `error` is the reason.
    """

    message_id: int
    error: SendError


Event = IncomingEvent | DeliveryFailure


@dataclass(frozen=True)
class Outgoing:
    """A stored message to deliver: its safe tree, its kind, and its choices as (title, key).

    `is_late`: the window for answers has closed. Then `template` is sent instead, where there is one; and `by_team`, what
    a person of the team wrote, may go out under rules of its own.
    """

    message_id: int
    kind: str
    body: Sequence[Node] = field(repr=False)
    choices: Sequence[tuple[str, str]] = field(default=(), repr=False)
    is_late: bool = False
    by_team: bool = False
    template: Template | None = None


class Adapter(Protocol):
    """One platform account. Meta's and Twilio's serve several channels; each of those has an adapter of its own."""

    @property
    def name(self) -> str:
        """Channel name: telegram, whatsapp, messenger, instagram, sms or twilio_whatsapp."""
        ...

    def handshake(self, incoming: Incoming) -> str | None:
        """Answers the GET by which the platform verifies the webhook; None refuses."""
        ...

    def verify(self, incoming: Incoming) -> bool:
        """Whether the request comes from the platform. Compares in constant time."""
        ...

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """The events in order, each with its channel. Raises ValueError when the body cannot be parsed."""
        ...

    def acknowledge(self, incoming: Incoming) -> dict[str, Any] | None:
        """JSON response to a verified webhook; None where the platform expects only a 200."""
        ...

    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """The requests that send a message to a person, within the platform's limits; nothing is truncated."""
        ...

    async def send(self, address: str, part: ApiRequest) -> str:
        """Sends one request; the platform's id of the message, empty where it gives none. Raises SendError."""
        ...

    async def check(self) -> str:
        """Asks the platform whether our account works; answers in one sentence. Raises SendError."""
        ...


@dataclass(frozen=True)
class PlatformSetup:
    """A platform as configured: an adapter for each of its channels, and why others are off.

    The first adapter takes the platform's webhooks. Both empty: the platform is not configured.
    """

    adapters: Sequence[Adapter] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


SECONDS = 30.0
"""Timeout of a request to a platform."""
CONNECT_SECONDS = 10.0
TOGETHER = 20
"""Concurrent requests to one platform."""


def platform_client(base: str, **options: Any) -> httpx.AsyncClient:
    """A separate client for each platform, so that a slow one delays no other.

    Raises ValueError when `base` is not a URL, or would carry secrets unencrypted to another machine.
    """
    parts = urlsplit(check_url(base))
    local = is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not local:
        raise ValueError(f"'{base}' would send secrets unencrypted: it has to begin with https")
    limits = httpx.Limits(max_connections=TOGETHER + 4, max_keepalive_connections=TOGETHER)
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(base_url=base, limits=limits, timeout=timeout, trust_env=not local, **options)


async def call(client: httpx.AsyncClient, method: str, path: str, **content: Any) -> httpx.Response:
    """The platform's response, whatever its status. Raises SendError when there is none."""
    try:
        return await client.request(method, path, **content)
    except httpx.TimeoutException:
        raise SendError("the platform took too long to answer") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SendError(f"the platform could not be reached ({type(error).__name__})") from None


def json_object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in the response; empty when it holds none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


LONGEST_PAUSE = 999_999
"""Seconds; what a platform asks for beyond that is not believed."""


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds in the Retry-After header, None without one or when it is a date."""
    return parse_int(answer.headers.get("retry-after", "").strip(), most=LONGEST_PAUSE)


def refusal(answer: httpx.Response, reason: str) -> SendError:
    """The error for a status other than 2xx, where the platform's own error codes say nothing more.

    A wrong token (401, 404) is not final: messages wait until the studio corrects it.
    """
    status = answer.status_code
    final = status not in (401, 404, 408, 425, 429) and status < 500
    return SendError(f"HTTP {status}: {reason}", retry_after=retry_after(answer), final=final)


def choice_key(message_id: int, index: int) -> str:
    """A key short enough for every platform. It may be guessed: it is looked up in the sender's own conversation."""
    return f"{message_id}.{index}"


def read_choice_key(key: str) -> tuple[int, int] | None:
    """The inverse of `choice_key`, None for other payloads."""
    head, _, tail = key.partition(".")
    message_id, index = parse_int(head), parse_int(tail)
    return None if message_id is None or index is None else (message_id, index)


COMMANDS: Mapping[str, EventKind] = MappingProxyType({"/start": "start", "/stop": "stop", "/delete": "delete"})


def command_or_text(text: str) -> EventKind:
    """The event kind by the first word, "/start abc" and "/start@studio_bot" are /start too; or by a wish for silence."""
    word = "".join(text.split(maxsplit=1)[:1]).partition("@")[0]
    return COMMANDS.get(word.lower()) or ("stop" if wants_no_more(text) else "text")


def is_word(message: Message) -> bool:
    """Whether a message is words of the person, and no picture or the like."""
    return message.author == "visitor" and message.kind == "text"


_NUMBER = re.compile(r"\W*(?:(?:option|number|no\.?)\s*)?(\d{1,2})\W*", re.IGNORECASE)


def numbered_choice(text: str, latest: Sequence[Message]) -> tuple[int, int] | None:
    """The choice that a number selects, as (id of its message, index), or None.

    `latest` are the conversation's last messages, oldest first; only what was said since the person's own last message
    counts. Other ways to name a choice ("the first one") are Rasa's business.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    unanswered = takewhile(lambda message: not is_word(message), reversed(latest))
    offering = next((message for message in unanswered if message.choices), None)
    index = int(match[1]) - 1
    return (offering.id, index) if offering and 0 <= index < len(offering.choices) else None
