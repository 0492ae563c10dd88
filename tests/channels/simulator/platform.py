"""What every simulated platform does. A subclass brings the shapes, signatures and limits of its own."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from web.serving import SECONDS, Serving, until

RETRY_SECONDS = 0.1
PEOPLE = 10
"""That a test needs at most."""
Event = dict[str, Any]
"""One thing that a person did, in the platform's own shape."""
IDS = itertools.count(1000)
"""Of events, for all platforms of a test run: what shares a database must not repeat one."""


@dataclass(frozen=True)
class Sent:
    """A message that arrived at a person: its text as read, and the buttons as (title, key).

    `report`: what the gateway gave along, for reports on the message. `platform_id`: the platform's id of it.
    """

    address: str
    text: str
    buttons: Sequence[tuple[str, str]] = ()
    report: str = ""
    platform_id: str = ""
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Fault:
    """What happens to a request instead of an answer. status 0: nothing, for `seconds`. `blocked`: the person wants none.

    `delivered`: the message arrives all the same, and only the answer is lost.
    """

    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    blocked: bool = False
    delivered: bool = False


def shown_by_whatsapp(body: str) -> str:
    """What a phone shows of a message: marks at the edges of words are formatting and not shown, lists get their own.

    By WhatsApp's help page "How to format your messages". Addresses are links, not formatted.
    """
    shown = "".join(part if part.startswith("http") else _formatted(part) for part in re.split(r"(https?://\S+)", body))
    shown = re.sub(r"^[-*] ", "\u2022 ", shown, flags=re.MULTILINE)
    shown = re.sub(r"^> ", "\u258e", shown, flags=re.MULTILINE)
    return shown.replace("\u200b", "")


def _formatted(text: str) -> str:
    shown = re.sub(r"```(.+?)```", r"\1", text, flags=re.DOTALL)
    for mark in "*_~`":
        sign, edge = re.escape(mark), r"\s\u200b"
        pair = rf"(?<![\w{sign}]){sign}(?![{edge}{sign}])([^\n]*?)(?<![{edge}{sign}]){sign}(?![\w{sign}])"
        shown = re.sub(pair, r"\1", shown)
    return shown


class LimitError(Exception):
    """The request breaks a limit of the platform."""


class Simulator:
    """A platform and the phones of its people."""

    platform = ""
    """The last part of the webhook's address."""
    channel = ""
    batches = False
    """Whether one request may hold several events."""
    tells_time = True
    """Whether it says when something was written."""
    has_start = True
    has_buttons = True
    has_reactions = True
    gone_code = 0
    """Tells later that somebody wants no more messages; 0 where the platform tells at once what does not arrive."""

    def __init__(self) -> None:
        self._crowd = 0
        self.sent: list[Sent] = []
        self.faults: deque[Fault] = deque()
        self.first_whole = 0
        """So many messages arrive before the next fault."""
        self.refused: list[str] = []
        self.gateway = ""
        self.busy_until = 0.0
        self.early = 0
        """Requests that came before the time that a Retry-After named."""
        self._lock = threading.Lock()
        self._http = httpx.Client(timeout=SECONDS, trust_env=False)
        self.serving = Serving(Starlette(routes=list(self.routes())))

    # What a subclass brings.

    def routes(self) -> Iterable[BaseRoute]:
        """The platform's interface."""
        raise NotImplementedError

    def variables(self) -> dict[str, str]:
        """The gateway's settings for this platform."""
        raise NotImplementedError

    def text(self, address: str, text: str, *, at: float | None = None) -> Event:
        """Somebody writes; `at` in seconds since 1970."""
        raise NotImplementedError

    def press(self, address: str, button: tuple[str, str]) -> Event:
        """Somebody presses a button of ours."""
        raise NotImplementedError

    def media(self, address: str) -> Event:
        """Somebody sends a picture."""
        raise NotImplementedError

    def reaction(self, address: str, emoji: str, *, on: Sent | None = None) -> Event:
        """A reaction to our latest message, or to another one; empty: it is taken back."""
        raise NotImplementedError

    def edited(self, event: Event, text: str) -> Event:
        """Somebody corrects what they wrote, where the platform reports it."""
        raise NotImplementedError

    def unsent(self, event: Event) -> Event:
        """Somebody deletes what they wrote, where the platform reports it."""
        raise NotImplementedError

    def unknown(self, address: str) -> Event:
        """Something of a kind that the gateway has not heard of."""
        raise NotImplementedError

    def lose(self, sent: Sent, code: int) -> int:
        """Reports that a message did not arrive after all; the status of the webhook request."""
        raise NotImplementedError

    def request(self, events: Sequence[Event], *, signed: bool = True) -> tuple[dict[str, str], bytes]:
        """Headers and body of the webhook request; unsigned or falsely signed without `signed`."""
        raise NotImplementedError

    def failure(self, fault: Fault) -> Response:
        """The platform's words for a fault."""
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        return JSONResponse({}, fault.status, headers)

    # What they share.

    def begin(self) -> None:
        """Forgets what was, and has other people from now on: for the next test."""
        self._crowd += 1
        self.first_whole, self.busy_until, self.early = 0, 0.0, 0
        for past in (self.sent, self.faults, self.refused):
            past.clear()

    def number(self, number: int) -> int:
        """A number that is somebody else's for each crowd."""
        return PEOPLE * self._crowd + number

    def address(self, number: int) -> str:
        """The address of somebody."""
        return str(70_000 + self.number(number))

    def deliver(self, *events: Event, signed: bool = True) -> int:
        """Sends one webhook request; its status."""
        return self.post(*self.request(events, signed=signed))

    def post(self, headers: Mapping[str, str], body: bytes, query: str = "") -> int:
        """Sends a webhook request as it is; its status."""
        url = f"{self.gateway}/webhooks/{self.platform}{query}"
        return self._http.post(url, headers=dict(headers), content=body).status_code

    def insist(self, *events: Event) -> None:
        """Delivers until the gateway says 200, as platforms do."""

        def accepted() -> bool:
            try:
                return self.deliver(*events) == 200
            except httpx.HTTPError:
                time.sleep(RETRY_SECONDS)
                return False

        until(accepted, "the webhook to be accepted", 60)

    def reacted(self, address: str, on: Sent | None) -> str:
        """The id of the message that a reaction is on."""
        return (on or self.inbox(address)[-1]).platform_id

    def inbox(self, address: str) -> list[Sent]:
        """What arrived at somebody."""
        with self._lock:
            return [sent for sent in self.sent if sent.address == address]

    def wait(self, address: str, count: int, seconds: float = SECONDS) -> list[Sent]:
        """What arrived at somebody, as soon as it is so many."""
        until(lambda: len(self.inbox(address)) >= count, f"{count} messages on {self.channel}", seconds)
        return self.inbox(address)

    def next_id(self) -> int:
        """A fresh number."""
        return next(IDS)

    async def take(self, sent: Sent, answer: Response) -> Response:
        """Hands a message to its person and gives the platform's answer, or does what the next fault says."""
        if time.monotonic() < self.busy_until:
            self.early += 1
        fault = self.faults.popleft() if self.faults and not self.first_whole else None
        self.first_whole = max(0, self.first_whole - 1)
        if fault is None or fault.delivered:
            with self._lock:
                self.sent.append(sent)
        if fault is None:
            return answer
        if fault.retry_after:
            self.busy_until = time.monotonic() + fault.retry_after
        await asyncio.sleep(fault.seconds)
        return self.failure(fault)

    def refuse(self, problem: str) -> None:
        """Notes a broken limit, which every test looks for, and breaks off."""
        self.refused.append(problem)
        raise LimitError(problem)
