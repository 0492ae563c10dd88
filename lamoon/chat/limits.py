"""Rate limits: token buckets that refill with time.

An empty bucket refuses requests (`RateLimit.take`). A visitor's message is not refused but delayed (`Pace`).
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from starlette.requests import Request

from lamoon.errors import LamoonError

LONGEST = 10_000
"""Characters of a message; openapi.yml says the same."""
MOST_BUCKETS = 100_000
"""Buckets kept. Least recently used ones are evicted first; they have refilled anyway."""


CHARACTERS = 1000
"""Cost of a message: one token for each thousand characters begun, because processing time grows alike."""


class FloodError(LamoonError):
    """The queue is full; `seconds` until it has room."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"more messages than may wait: room in {seconds} seconds")
        self.seconds = seconds


class RateLimit:
    """At most `burst` at once and `per_minute` in the long run, for each key; up to `credit` may be owed."""

    def __init__(
        self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic, *, credit: int = 0
    ) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._credit = credit
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Takes a token: 0 on success, otherwise whole seconds until one is available."""
        wait = self.wait(key)
        self._put(key, self._tokens(key) - (0 if wait else 1))
        return wait

    def reserve(self, key: str, cost: int = 1) -> float:
        """Takes `cost` tokens, on credit if need be: the seconds until they are available, 0 when they were.

        Raises:
            FloodError: when the credit would be exceeded; nothing is taken then.
        """
        left = self._tokens(key) - cost
        excess = -left - self._credit
        if excess > 0:
            raise FloodError(math.ceil(excess / self._rate))
        self._put(key, left)
        return max(0.0, -left / self._rate)

    def wait(self, key: str) -> int:
        """Whole seconds until a token is available, without taking one."""
        tokens = self._tokens(key)
        return 0 if tokens >= 1 else math.ceil((1 - tokens) / self._rate)

    def give_back(self, key: str) -> None:
        """Returns a token."""
        self._put(key, self._tokens(key) + 1)

    def _tokens(self, key: str) -> float:
        now = self._clock()
        tokens, since = self._buckets.get(key, (float(self._burst), now))
        return min(self._burst, tokens + (now - since) * self._rate)

    def _put(self, key: str, tokens: float) -> None:
        self._buckets.pop(key, None)  # to the end: most recently used
        self._buckets[key] = (tokens, self._clock())
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)


def network_of(host: str) -> str:
    """The network of an address: for IPv6 the /64, which is what a household has."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return str(ip_network(f"{host}/64", strict=False)) if found.version == 6 else host


def address_of(request: Request) -> str:
    """The client's network."""
    return network_of(request.client.host if request.client else "")


class Pace:
    """When messages have their turn, by conversation and by address."""

    def __init__(self, conversation: RateLimit, address: RateLimit) -> None:
        self._conversation = conversation
        self._address = address

    def reserve(self, conversation_id: str, address: str, characters: int) -> float:
        """Seconds until a message of this length has its turn; `address` is empty on messaging platforms.

        Raises:
            FloodError: when too many messages wait already.
        """
        cost = max(1, math.ceil(characters / CHARACTERS))
        wait = self._conversation.reserve(conversation_id, cost)
        return max(wait, self._address.reserve(address, cost)) if address else wait
