"""How fast somebody may go on: a bucket of tokens that fills up with time.

Requests that find it empty are refused (`RateLimit.take`). A visitor's message is not: it gets its turn later (`Pace`).
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
"""Buckets kept. Who has not been seen for longest is forgotten first, which favours nobody: his bucket was full."""


CHARACTERS = 1000
"""What a message counts by: each thousand that it begins takes a token, for so does the time that reading it takes."""


class FloodError(LamoonError):
    """There is no room for more; `seconds` until there is."""

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
        """Takes one: 0 when it was there, otherwise the whole seconds until there is one."""
        wait = self.wait(key)
        self._put(key, self._tokens(key) - (0 if wait else 1))
        return wait

    def reserve(self, key: str, cost: int = 1) -> float:
        """Takes `cost` tokens whether or not they are there: the seconds until they are, 0 when they were.

        Raises:
            FloodError: when more than the credit would be owed; nothing is taken then.
        """
        left = self._tokens(key) - cost
        excess = -left - self._credit
        if excess > 0:
            raise FloodError(math.ceil(excess / self._rate))
        self._put(key, left)
        return max(0.0, -left / self._rate)

    def wait(self, key: str) -> int:
        """The whole seconds until there is one; 0 when there is, which stays there."""
        tokens = self._tokens(key)
        return 0 if tokens >= 1 else math.ceil((1 - tokens) / self._rate)

    def give_back(self, key: str) -> None:
        """Puts one back that was taken."""
        self._put(key, self._tokens(key) + 1)

    def _tokens(self, key: str) -> float:
        now = self._clock()
        tokens, since = self._buckets.get(key, (float(self._burst), now))
        return min(self._burst, tokens + (now - since) * self._rate)

    def _put(self, key: str, tokens: float) -> None:
        self._buckets.pop(key, None)  # to the end: it was seen just now
        self._buckets[key] = (tokens, self._clock())
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)


def network_of(host: str) -> str:
    """Who an address is, as far as it tells: of IPv6 the network, which is what a household has."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return str(ip_network(f"{host}/64", strict=False)) if found.version == 6 else host


def address_of(request: Request) -> str:
    """Who asks, as far as an address tells."""
    return network_of(request.client.host if request.client else "")


class Pace:
    """When the messages of a conversation, and of an address, have their turn."""

    def __init__(self, conversation: RateLimit, address: RateLimit) -> None:
        self._conversation = conversation
        self._address = address

    def reserve(self, conversation_id: str, address: str, characters: int) -> float:
        """Seconds until a message of so many characters has its turn; `address` is empty at messaging platforms.

        Raises:
            FloodError: when too many messages wait for theirs.
        """
        cost = max(1, math.ceil(characters / CHARACTERS))
        wait = self._conversation.reserve(conversation_id, cost)
        return max(wait, self._address.reserve(address, cost)) if address else wait
