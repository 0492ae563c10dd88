"""Rate limits: a burst, a steady rate, and memory that has an end."""

from __future__ import annotations

import pytest

from lamoon.chat import limits
from lamoon.chat.limits import FloodError, OwnBuckets, Pace, RateLimit


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def limit_of(burst: int, credit: int) -> RateLimit:
    return RateLimit(60, burst, credit=credit, buckets=OwnBuckets(Clock()))


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=60, burst=3, buckets=OwnBuckets(clock))
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 1, 1]
    clock.now += 1
    assert [limit.take("a"), limit.take("a")] == [0, 1]
    clock.now += 1000
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 1]


def test_the_wait_that_is_told_is_enough() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=7, burst=1, buckets=OwnBuckets(clock))
    assert limit.take("a") == 0
    clock.now += limit.take("a")
    assert limit.take("a") == 0


def test_each_has_a_bucket_of_its_own() -> None:
    limit = RateLimit(per_minute=1, burst=1, buckets=OwnBuckets(Clock()))
    assert [limit.take("a"), limit.take("b"), limit.take("a")] == [0, 0, 60]


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BUCKETS", 100)
    buckets = OwnBuckets(Clock())
    limit = RateLimit(per_minute=1, burst=1, buckets=buckets)
    for number in range(1000):
        limit.take(str(number))
    assert len(buckets._full_at) == 100


def test_what_is_reserved_has_its_turn_when_the_tokens_are_there() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=60, burst=3, credit=4, buckets=OwnBuckets(clock))
    assert [limit.reserve("a") for _ in range(5)] == [0, 0, 0, 1, 2]
    clock.now += 2
    assert limit.reserve("a") == 1
    assert limit.reserve("b", cost=5) == 2


def test_more_than_the_credit_is_refused_and_takes_nothing() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=60, burst=1, credit=2, buckets=OwnBuckets(clock))
    assert [limit.reserve("a") for _ in range(3)] == [0, 1, 2]
    for _ in range(100):
        with pytest.raises(FloodError) as flood:
            limit.reserve("a")
    assert flood.value.seconds == 1
    clock.now += 1
    assert limit.reserve("a") == 2


def test_a_long_message_counts_by_its_thousands() -> None:
    pace = Pace(limit_of(10, 100), limit_of(100, 100))
    assert [pace.reserve("a", "", length) for length in (0, 1, 1000, 1001, 6000, 1)] == [0, 0, 0, 0, 1, 2]


def test_conversations_of_one_address_wait_for_each_other_and_platforms_have_none() -> None:
    pace = Pace(limit_of(10, 100), limit_of(2, 1))
    assert [pace.reserve(name, "home", 1) for name in ("a", "b", "c")] == [0, 0, 1]
    with pytest.raises(FloodError):
        pace.reserve("d", "home", 1)
    assert [pace.reserve(name, "", 1) for name in ("d", "e", "f", "g")] == [0, 0, 0, 0]
