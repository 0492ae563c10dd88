"""How fast somebody may go on: a bucket of tokens that fills up with time."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

MOST_BUCKETS = 100_000
"""Buckets kept. Who has not been seen for longest is forgotten first, which favours nobody: his bucket was full."""


class RateLimit:
    """At most `burst` at once and `per_minute` in the long run, for each key."""

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Takes one: 0 when it was there, otherwise the whole seconds until there is one."""
        wait = self.wait(key)
        self._put(key, self._tokens(key) - (0 if wait else 1))
        return wait

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
