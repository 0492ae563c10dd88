"""Work of a store that must not be given up: it is done as soon as the store works again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from lamoon.errors import StoreError

log = logging.getLogger("lamoon.gateway")

STORE_RETRY_SECONDS = 2.0
P = ParamSpec("P")
Result = TypeVar("Result")


async def patiently(work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Does `work` of the store in a thread, again and again until the store does not fail."""
    while True:
        try:
            return await asyncio.to_thread(work, *args, **kwargs)
        except StoreError as error:
            log.error("Trying again in %s seconds: %s", STORE_RETRY_SECONDS, error)
            await asyncio.sleep(STORE_RETRY_SECONDS)
