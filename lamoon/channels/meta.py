"""Meta's platform: one app and one webhook for WhatsApp, Messenger and Instagram.

Each of the three is a `MetaChannel` that parses its own events and renders its own messages. One webhook may hold
events of all three, so each of them unpacks all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from lamoon.channels.adapter import (
    ApiRequest,
    Event,
    Incoming,
    IncomingEvent,
    Outgoing,
    SendError,
    call,
    json_object,
    platform_client,
    refusal,
    retry_after,
)
from lamoon.channels.window import OUTSIDE

_WINDOW_CODES = (131047,)
_WINDOW_SUBCODES = (2018278, 2534022)
_GONE_CODES = (551,)
_GONE_SUBCODES = (1545041, 2018001)
# Rate limits and faults on Meta's side, which answer 400 or 403 as often as 429 or 500.
_PASSING_CODES = (1, 2, 4, 17, 32, 613, 80006, 80007, 130429, 131000, 131016, 131056, 133004)
_NO_ACCESS_CODES = (0, 190)
_NO_PERMISSION_CODES = (3, 10, *range(200, 300))
NONSENSE = (KeyError, TypeError, AttributeError, ValueError, OverflowError)
"""What parsing raises on data other than Meta documents."""

log = logging.getLogger("lamoon.channels")


class MetaApp:
    """A Meta app: requests signed with its secret come from Meta. `api`: URL of the Graph API with its version."""

    def __init__(self, secret: str, verify_token: str, api: str) -> None:
        self.api = api
        self._secret = secret.encode()
        self._verify_token = verify_token.encode()
        self._channels: list[MetaChannel] = []

    def add(self, channel: MetaChannel) -> None:
        """Registers an account; events of other accounts are ignored."""
        self._channels.append(channel)

    def handshake(self, incoming: Incoming) -> str | None:
        """The challenge, when the request holds the verify token entered at Meta."""
        given = incoming.query.get("hub.verify_token", "")
        known = hmac.compare_digest(given.encode(), self._verify_token)
        return incoming.query.get("hub.challenge") if known and incoming.query.get("hub.mode") == "subscribe" else None

    def verify(self, incoming: Incoming) -> bool:
        """Whether the body is signed by SHA-256 with the app's secret. Weaker signatures are not accepted."""
        signature = hmac.new(self._secret, incoming.body, hashlib.sha256).hexdigest()
        given = incoming.headers.get("x-hub-signature-256", "")
        return hmac.compare_digest(given.encode(), f"sha256={signature}".encode())

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """All events of our accounts, earliest first: Meta batches them, not always in order."""
        try:
            payload = json.loads(incoming.body)
            found = [
                (channel.name, event)
                for entry in payload["entry"]
                for channel in self._channels
                if channel.object == payload["object"]
                for event in _read(channel, entry)
            ]
        except NONSENSE as error:
            raise ValueError("this is not a webhook of Meta") from error
        return sorted(found, key=lambda pair: _at(pair[1]))

    def client(self, token: str) -> httpx.AsyncClient:
        """A client that calls the Graph API with `token` and the app's proof. Raises ValueError."""
        proof = hmac.new(self._secret, token.encode(), hashlib.sha256).hexdigest()
        headers = {"Authorization": f"Bearer {token}"}
        return platform_client(self.api, headers=headers, params={"appsecret_proof": proof})


class MetaChannel(ABC):
    """One account: a WhatsApp number, a page, or an Instagram account, identified by its `account` id at Meta."""

    name: str
    object: str
    """Meta's name for the kind of account in webhooks."""
    title: str
    """Its common name."""
    fields: str
    """What `check` asks for; the first one names the account."""

    def __init__(self, app: MetaApp, token: str, account: str) -> None:
        """Raises ValueError when the API's URL cannot be used."""
        self.account = account
        self._app = app
        self._client = app.client(token)
        app.add(self)

    @abstractmethod
    def events(self, entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Events of the account in a webhook entry. Raises one of NONSENSE when it cannot be parsed."""

    @abstractmethod
    def read(self, event: Mapping[str, Any]) -> Iterator[Event]:
        """The events in one item, none where it does not matter. Raises one of NONSENSE."""

    @abstractmethod
    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """See `Adapter.render`."""

    @abstractmethod
    def address_to(self, address: str) -> tuple[str, dict[str, Any]]:
        """Path for posting messages, and the fields that address a person."""

    def handshake(self, incoming: Incoming) -> str | None:
        """See `MetaApp.handshake`."""
        return self._app.handshake(incoming)

    def verify(self, incoming: Incoming) -> bool:
        """See `MetaApp.verify`."""
        return self._app.verify(incoming)

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """See `MetaApp.unpack`."""
        return self._app.unpack(incoming)

    def acknowledge(self, incoming: Incoming) -> dict[str, Any] | None:
        """Meta expects only a 200."""
        return None

    async def send(self, address: str, part: ApiRequest) -> str:
        """Posts one message; Meta's id of it. Raises SendError."""
        path, to = self.address_to(address)
        answer = await call(self._client, "POST", path, json=to | part)
        if not answer.is_success:
            raise _error(answer)
        found = json_object(answer)
        first = (found.get("messages") or [{}])[0]  # WhatsApp's; the others answer with `message_id`
        return str(found.get("message_id") or first.get("id") or "")

    async def check(self) -> str:
        """Asks for the account's name. Raises SendError."""
        answer = await call(self._client, "GET", f"/{self.account}", params={"fields": self.fields})
        if not answer.is_success:
            raise _error(answer)
        return f"{self.title} answers as {json_object(answer).get(self.fields.split(',')[0], self.account)}."


def _read(channel: MetaChannel, entry: Mapping[str, Any]) -> Iterator[Event]:
    """An event that cannot be parsed does not lose the others in its batch."""
    for event in channel.events(entry):
        try:
            yield from channel.read(event)
        except NONSENSE as error:
            log.warning("Something that %s delivered made no sense (%s)", channel.title, type(error).__name__)


def _at(event: Event) -> datetime:
    return (isinstance(event, IncomingEvent) and event.at) or datetime.min.replace(tzinfo=UTC)


def lasting_error(error: Mapping[str, Any]) -> SendError | None:
    """What a Meta error says about the person, in a response or a report; None where it says nothing."""
    code, subcode = error.get("code"), error.get("error_subcode")
    if code in _WINDOW_CODES or subcode in _WINDOW_SUBCODES:
        return SendError(OUTSIDE, final=True)
    if code in _GONE_CODES or subcode in _GONE_SUBCODES:
        return SendError("the person gets no messages from us, says the platform", blocked=True)
    return None


def _error(answer: httpx.Response) -> SendError:
    """Meta's codes say more than its statuses. Its texts are left out: they may quote what was sent."""
    error = json_object(answer).get("error")
    error = error if isinstance(error, dict) else {}
    if lasting := lasting_error(error):
        return lasting
    code = error.get("code")
    if code in _NO_ACCESS_CODES:
        return SendError(f"the access token is not accepted (code {code})")
    if code in _NO_PERMISSION_CODES:
        return SendError(f"the app lacks a permission for this account (code {code})")
    if code in _PASSING_CODES or error.get("is_transient"):
        return SendError(f"a passing trouble of the platform (code {code})", retry_after=retry_after(answer))
    return refusal(answer, f"code {code}")


def moment(seconds: str | float) -> datetime:
    """A time in seconds since 1970."""
    return datetime.fromtimestamp(float(seconds), UTC)
