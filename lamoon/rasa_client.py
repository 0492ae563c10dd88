"""Client for one or several Rasa servers. Every failure becomes a RasaError after a bounded time.

With several, each conversation is assigned to one, which keeps it in memory; when that one is down, another takes the
message. It uses aiohttp, which Rasa depends on: on loopback it is a millisecond per turn faster than httpx.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import aiohttp

from lamoon import request_id, tracing
from lamoon.contract import HealthView, conversation_of
from lamoon.errors import LamoonError
from lamoon.gate import Gate

log = logging.getLogger("lamoon.rasa_client")

PATIENCE_SECONDS = 20.0
"""How long a message waits for a Rasa that went down: twice the restart time on a small machine."""
RETRY_SECONDS = 0.25
CONNECT_SECONDS = 2.0
PROBE_SECONDS = 5.0
WEBHOOK = "/webhooks/rest/webhook"
CONVERSATIONS = "/webhooks/rest/conversations"
SCREENING = "/webhooks/rest/screening"
TRIAGE = "/webhooks/rest/triage"
READING = "/webhooks/rest/reading"
OK, NO_CONTENT, NOT_FOUND, CONFLICT, NOT_NOW = 200, 204, 404, 409, 503
LOST = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)
"""Errors of a failed connection: Rasa is down or restarted, and the message must be sent again."""
TOGETHER, MOST_URGENT = 4, 12
"""Concurrent turns and screenings of a server, and urgent turns besides. Rasa processes one at a time, so whatever it
has accepted delays an emergency.
"""
LOOKS = 8
"""Concurrent requests for the rules of screening, a millisecond or two each."""
AWAY_SECONDS = 2.0
"""How long a lost server is tried last."""


class RasaError(LamoonError):
    """Rasa gave no answer. `reason` is one of down, store, slow, empty, failed, refused.

    `is_passing`: nothing of the turn was stored and the message itself is not the cause (down, store), so it can be
    retried until answered. `is_quick`: Rasa is up, and failed at once. `replies`: those of a turn that could not be
    stored.
    """

    def __init__(self, reason: str, replies: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(f"Rasa gave no answer: {reason}")
        self.reason = reason
        self.replies = replies
        self.is_passing = reason in ("down", "store")
        self.is_quick = reason in ("empty", "failed", "refused")


@dataclass(frozen=True)
class Screened:
    """The screening of a text.

    Attributes:
        outcome: "emergency", "none", ...; see docs/screening.md.
        conditions: the id and status ("affirmed", "negated", ...) of each condition that it mentions.
        text: the emergency text suggested by the second opinion; it counts if no condition has one.
        crisis: "acute", "soft", "past" or empty.
    """

    outcome: str
    conditions: tuple[tuple[str, str], ...] = ()
    text: str = ""
    crisis: str = ""


@dataclass(frozen=True)
class Reading:
    """The label of a text, its confidence (0 to 1), and the outcome of screening."""

    label: str
    confidence: float
    outcome: str


class RasaClient:
    """Call the Rasa servers at `addresses`; wait `seconds` for an answer. `on_change` is called with False when the
    last one goes down and True when one is up again.
    """

    def __init__(self, addresses: Sequence[str], seconds: float, on_change: Callable[[bool], None]) -> None:
        self._addresses = addresses
        self._away: dict[str, float] = {}
        self.seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._gates = {address: Gate(TOGETHER, MOST_URGENT) for address in addresses}
        self._looks = asyncio.Semaphore(LOOKS * len(addresses))
        self._on_change = on_change
        self._down_since: float | None = None

    @property
    def up(self) -> bool:
        """Whether the last request reached Rasa."""
        return self._down_since is None

    def hasten(self, conversation_id: str) -> None:
        """Lets the turn of this conversation that waits for others go before them."""
        for gate in self._gates.values():
            gate.hasten(conversation_id)

    async def ask(
        self,
        sender: str,
        text: str,
        message_id: int,
        *,
        again: bool,
        only_safety: bool = False,
        urgent: bool = False,
    ) -> Sequence[dict[str, Any]]:
        """Return Rasa's replies, at least one; the `metadata` of the last holds `turn`, the explanation.

        Args:
            sender: the conversation's name in Rasa.
            text: the visitor's words.
            message_id: identifies a repeated message.
            again: whether the message may have been sent before.
            only_safety: whether a person answers. Rasa then ignores a message that needs no warning, and sends no replies.
            urgent: whether it goes before the turns and screenings of others.

        Raises:
            RasaError: when Rasa gave no answer.
        """
        message = {"sender": sender, "message": text, "metadata": {"message_id": message_id}}
        body: dict[str, Any] = {**message, "again": again, "explain": True, "only_safety": only_safety}
        async with self._turn(sender, text, urgent=urgent):
            while True:
                try:
                    status, answer = await self._request(sender, "POST", WEBHOOK, body)
                except TimeoutError:
                    raise RasaError("slow") from None
                except LOST:
                    self._note(up=False)
                    if self._given_up():
                        raise RasaError("down") from None
                    body["again"] = True
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    self._note(up=True)
                    return _replies(status, answer, may_be_empty=only_safety)

    @asynccontextmanager
    async def _turn(self, sender: str, text: str, *, urgent: bool) -> AsyncIterator[None]:
        """Enters the gate of the conversation's server. What has to wait there is read by the rules meanwhile."""
        gate, key = self._gates[self._order(sender)[0]], conversation_of(sender) or sender
        waits = not urgent and not gate.is_open
        look = asyncio.create_task(self._hasten_emergency(gate, key, text)) if waits else None
        try:
            async with gate.passing(urgent=urgent, key=key):
                if look:
                    look.cancel()
                yield
        finally:
            if look:
                look.cancel()

    async def _hasten_emergency(self, gate: Gate, key: str, text: str) -> None:
        with suppress(RasaError):
            if "emergency" in await self.triage([text]):
                gate.hasten(key)

    async def triage(self, texts: Sequence[str]) -> Sequence[str]:
        """The outcomes of texts by the rules of screening alone, which takes a millisecond each. Raises RasaError."""
        async with self._looks:
            _, answer = await self._call(texts[0], "POST", TRIAGE, {"messages": list(texts)}, late="slow")
        return [str(outcome) for outcome in json.loads(answer)["outcomes"]]

    async def screen(self, text: str) -> str:
        """Return the screening outcome of a message that belongs to no conversation yet. Raises RasaError."""
        return (await self.screening(text)).outcome

    async def screening(self, text: str) -> Screened:
        """Return the screening of a text that belongs to no conversation. Raises RasaError."""
        async with self._gates[self._order(text)[0]].passing():
            _, answer = await self._call(text, "POST", SCREENING, {"message": text}, late="slow")
        found = json.loads(answer)
        conditions = tuple((str(one["id"]), str(one["status"])) for one in found.get("conditions", ()))
        return Screened(str(found["outcome"]), conditions, str(found.get("text", "")), str(found.get("crisis", "")))

    async def reading(self, text: str) -> Reading:
        """Return the classification of a text outside any conversation. Raises RasaError."""
        _, answer = await self._call(text, "POST", READING, {"message": text}, late="slow")
        found = json.loads(answer)
        return Reading(str(found["label"]), float(found["confidence"] or 0.0), str(found["outcome"]))

    async def probe(self, sender: str) -> None:
        """Send one real message, without retries, and delete it. Raises RasaError when it gets no answer."""
        try:
            status, answer = await self._request(sender, "POST", WEBHOOK, {"sender": sender, "message": "hi"})
        except (TimeoutError, aiohttp.ClientError):
            self._note(up=False)
            raise RasaError("down") from None
        self._note(up=True)
        _replies(status, answer)
        await self.forget(sender)

    async def answers(self) -> bool:
        """Return whether Rasa answers a probe within PROBE_SECONDS."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self.probe(f"health-{secrets.token_hex(8)}")
        except (RasaError, TimeoutError):
            return False
        return True

    async def kept(self, sender: str) -> list[dict[str, Any]]:
        """Return every event of a conversation in Rasa. Raises RasaError on failure."""
        _, answer = await self._call(sender, "GET", f"{CONVERSATIONS}/{quote(sender)}")
        events: list[dict[str, Any]] = json.loads(answer)
        return events

    async def forget(self, sender: str) -> None:
        """Make Rasa delete a conversation. Raises RasaError on failure."""
        await self._call(sender, "DELETE", f"{CONVERSATIONS}/{quote(sender)}", accepted=(NO_CONTENT,))

    async def forget_message(self, sender: str, message_id: int, words: str) -> None:
        """Make Rasa forget the words of one message; what they led to stays. Raises RasaError on failure."""
        path = f"{CONVERSATIONS}/{quote(sender)}/messages/{message_id}"
        await self._call(sender, "DELETE", path, {"words": words}, accepted=(NO_CONTENT,))

    async def lift_hold(self, sender: str) -> None:
        """Make Rasa lift the hold on a conversation's bookings; no effect when Rasa does not know it. Raises
        RasaError.
        """
        await self._call(
            sender, "POST", f"{CONVERSATIONS}/{quote(sender)}/hold", {"hold": False}, accepted=(NO_CONTENT, NOT_FOUND)
        )

    async def health(self, sender: str) -> HealthView:
        """Return a conversation's health record, empty if Rasa does not know it. Raises RasaError."""
        _, answer = await self._call(sender, "GET", f"{CONVERSATIONS}/{quote(sender)}/health")
        return HealthView.from_json(json.loads(answer))

    async def end_emergency(self, sender: str, turn: int) -> bool:
        """End an emergency for staff who read up to the message `turn` of the health record. False when the visitor has
        written since, or none is open. Raises RasaError.
        """
        status, _ = await self._call(
            sender,
            "POST",
            f"{CONVERSATIONS}/{quote(sender)}/emergency",
            {"ended_after": turn},
            accepted=(NO_CONTENT, CONFLICT),
        )
        return status == NO_CONTENT

    async def shift_time(self, sender: str, minutes: int) -> bool:
        """Shift a sandbox conversation into the past; False when Rasa does not know it. Raises RasaError."""
        status, _ = await self._call(
            sender,
            "POST",
            f"{CONVERSATIONS}/{quote(sender)}/later",
            {"minutes": minutes},
            accepted=(NO_CONTENT, NOT_FOUND),
        )
        return status == NO_CONTENT

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def _call(
        self,
        key: str,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        accepted: Collection[int] = (OK,),
        late: str = "down",
    ) -> tuple[int, bytes]:
        """Call `_request` with failures as RasaError: `late` on a timeout, "refused" for a status that is not
        `accepted`.
        """
        try:
            status, answer = await self._request(key, method, path, body)
        except TimeoutError:
            raise RasaError(late) from None
        except aiohttp.ClientError:
            raise RasaError("down") from None
        if status not in accepted:
            raise RasaError("refused")
        return status, answer

    async def _request(self, key: str, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """Return status and body of the response from the server of `key`, or from the next reachable one.

        Raises TimeoutError or aiohttp.ClientError when there is none.
        """
        lost: aiohttp.ClientError | None = None
        for address in self._order(key):
            try:
                answer = await self._send(method, address + path, body)
            except LOST as error:
                lost = error
                self._away[address] = time.monotonic()
                body = body and {**body, **({"again": True} if "again" in body else {})}
            else:
                self._away.pop(address, None)
                return answer
        raise lost or aiohttp.ClientConnectionError()

    def _order(self, key: str) -> Sequence[str]:
        """Return all servers: first that of `key` (rendezvous hashing), last those that were unreachable just now."""
        since = time.monotonic() - AWAY_SECONDS

        def rank(address: str) -> tuple[bool, bytes]:
            return self._away.get(address, 0.0) > since, blake2b(f"{address} {key}".encode(), digest_size=8).digest()

        return sorted(self._addresses, key=rank)

    async def _send(self, method: str, url: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        if self._session is None:  # needs a running event loop, which does not exist yet when the services are built
            connections = aiohttp.TCPConnector(limit_per_host=TOGETHER + MOST_URGENT + LOOKS + 4, keepalive_timeout=60)
            # A proxy from the environment must not be used for our own machines.
            self._session = aiohttp.ClientSession(connector=connections, trust_env=False)
        timeout = aiohttp.ClientTimeout(self.seconds, sock_connect=CONNECT_SECONDS)
        async with self._session.request(
            method, url, json=body, timeout=timeout, headers=request_id.headers() | tracing.headers()
        ) as answer:
            return answer.status, await answer.read()

    def _given_up(self) -> bool:
        """Return whether Rasa has been down for longer than a restart takes; then messages no longer wait."""
        return self._down_since is not None and time.monotonic() - self._down_since > PATIENCE_SECONDS

    def _note(self, *, up: bool) -> None:
        if up == self.up:
            return
        self._down_since = None if up else time.monotonic()
        log.log(logging.INFO if up else logging.WARNING, "Rasa %s", "answers again" if up else "cannot be reached")
        self._on_change(up)


def _replies(status: int, answer: bytes, *, may_be_empty: bool = False) -> Sequence[dict[str, Any]]:
    if status not in (OK, NOT_NOW):
        raise RasaError("refused")
    try:
        replies = json.loads(answer)
    except ValueError:
        raise RasaError("refused") from None
    if not isinstance(replies, list) or not all(isinstance(reply, dict) for reply in replies):
        raise RasaError("refused")
    stored = [reply for reply in replies if not (reply.get("metadata") or {}).get("failed")]
    if status == NOT_NOW:
        raise RasaError("store", stored)
    if len(stored) < len(replies):
        raise RasaError("failed")
    if not replies and not may_be_empty:
        raise RasaError("empty")
    return replies
