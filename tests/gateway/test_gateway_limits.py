"""Rate limits: a burst, a steady rate, and memory that has an end."""

from __future__ import annotations

import pytest

from lamoon.gateway import limits
from lamoon.gateway.limits import RateLimit


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=60, burst=3, clock=clock)
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 1, 1]
    clock.now += 1
    assert [limit.take("a"), limit.take("a")] == [0, 1]
    clock.now += 1000
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 1]


def test_the_wait_that_is_told_is_enough() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=7, burst=1, clock=clock)
    assert limit.take("a") == 0
    clock.now += limit.take("a")
    assert limit.take("a") == 0


def test_each_has_a_bucket_of_its_own() -> None:
    limit = RateLimit(per_minute=1, burst=1, clock=Clock())
    assert [limit.take("a"), limit.take("b"), limit.take("a")] == [0, 0, 60]


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BUCKETS", 100)
    limit = RateLimit(per_minute=1, burst=1, clock=Clock())
    for number in range(1000):
        limit.take(str(number))
    assert len(limit._buckets) == 100
