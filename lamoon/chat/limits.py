"""Rate limits: token buckets that refill with time.

An empty bucket refuses requests (`RateLimit.take`). A visitor's message is not refused but delayed (`Pace`).
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Protocol

from starlette.requests import Request

from lamoon.errors import LamoonError

LONGEST = 10_000
"""Characters of a message; openapi.yml says the same."""
MOST_BUCKETS = 100_000
"""Buckets kept in a process. Least recently used ones are evicted first; they have refilled anyway."""
ROUNDING = 1e-4
"""Seconds that do not count: sums of fractions must not refuse the last token."""

CHARACTERS = 1000
"""Cost of a message: one token for each thousand characters begun, because processing time grows alike."""


class FloodError(LamoonError):
    """The queue is full; `seconds` until it has room."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"more messages than may wait: room in {seconds} seconds")
        self.seconds = seconds


class Buckets(Protocol):
    """Where limits keep their buckets. `lamoon.storage.buckets` has those that several gateways share."""

    def add(self, name: str, seconds: float, most: float) -> tuple[bool, float]:
        """Takes what needs `seconds` to refill, unless the bucket would then need more than `most` seconds to be full.

        Negative `seconds` give back. Returns whether it was taken, and the seconds until full before that.
        """

    def drop_full(self) -> None:
        """Deletes what says nothing any more."""


class OwnBuckets:
    """The buckets of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, name: str, seconds: float, most: float) -> tuple[bool, float]:
        """See Buckets."""
        with self._lock:
            now = self._clock()
            before = max(0.0, self._full_at.pop(name, now) - now)
            granted = before + seconds <= most
            self._full_at[name] = now + before + (seconds if granted else 0.0)  # to the end: most recently used
            if len(self._full_at) > MOST_BUCKETS:
                self._full_at.popitem(last=False)
        return granted, before

    def drop_full(self) -> None:
        """Old ones make room for new ones."""


class RateLimit:
    """At most `burst` at once and `per_minute` in the long run, for each key; up to `credit` may be owed.

    `name` distinguishes limits that share `buckets`; without those it counts in this process alone. With shared buckets
    the methods block, and raise StoreError when the database fails.
    """

    def __init__(
        self, per_minute: float, burst: int, *, credit: int = 0, name: str = "", buckets: Buckets | None = None
    ) -> None:
        self._token = 60 / per_minute  # seconds in which one token refills
        self._whole = burst * self._token
        self._most = self._whole + credit * self._token
        self._name = name
        self._buckets = buckets or OwnBuckets()

    def take(self, key: str) -> int:
        """Takes a token: 0 on success, otherwise whole seconds until one is available."""
        granted, before = self._add(key, self._token, self._whole)
        return 0 if granted else _whole_seconds(before + self._token - self._whole)

    def reserve(self, key: str, cost: int = 1) -> float:
        """Takes `cost` tokens, on credit if need be: the seconds until they are available, 0 when they were.

        Raises:
            FloodError: when the credit would be exceeded; nothing is taken then.
        """
        seconds = cost * self._token
        granted, before = self._add(key, seconds, self._most)
        if not granted:
            raise FloodError(_whole_seconds(before + seconds - self._most))
        wait = before + seconds - self._whole
        return wait if wait > ROUNDING else 0.0

    def wait(self, key: str) -> int:
        """Whole seconds until a token is available, without taking one."""
        _, before = self._add(key, 0.0, self._most)
        return max(0, _whole_seconds(before + self._token - self._whole))

    def give_back(self, key: str) -> None:
        """Returns a token."""
        self._add(key, -self._token, self._most)

    def _add(self, key: str, seconds: float, most: float) -> tuple[bool, float]:
        return self._buckets.add(f"{self._name} {key}", seconds, most + ROUNDING)


def _whole_seconds(seconds: float) -> int:
    return math.ceil(seconds - ROUNDING)


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
