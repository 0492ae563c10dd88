"""Retries: the delay before the next attempt, and store operations that must not be abandoned."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from lamoon.errors import StoreError

log = logging.getLogger("lamoon.retry")

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 8.0
P = ParamSpec("P")
Result = TypeVar("Result")


def backoff(attempt: int, first: float = FIRST_SECONDS, longest: float = LONGEST_SECONDS) -> float:
    """Return the seconds to wait after a failed attempt.

    Doubles with each attempt up to `longest`, then is cut by up to half at random, so that many clients do not retry at
    the same moment.

    Args:
        attempt: the attempt that failed, counted from 1.
        first: the uncut wait after the first attempt, in seconds.
        longest: the longest uncut wait, in seconds.
    """
    whole: float = min(longest, first * 2.0 ** min(attempt - 1, 32))
    return whole * random.uniform(0.5, 1.0)  # noqa: S311  it spreads load, it guards nothing


async def retry_until_stored(work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Run `work` of a store in a thread until it raises no StoreError, and return its result."""
    attempt = 0
    while True:
        try:
            return await asyncio.to_thread(work, *args, **kwargs)
        except StoreError as error:
            attempt += 1
            seconds = backoff(attempt)
            log.error("Trying again in %.1f seconds: %s", seconds, error)
            await asyncio.sleep(seconds)
