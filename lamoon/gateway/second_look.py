"""What is overdue is acted on at a second look, so that one wrong reading of the clock does no harm.

The clock of a machine may be wrong for a while: before it has asked a time server, after a restore, by a slip of the
hand. What cannot be taken back therefore waits until it was overdue at every look for a while by a clock that nobody
can set (`time.monotonic`, which begins with the process). That holds across a restart too: the wait begins again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class SecondLook(Generic[Key]):
    """Remembers since when each was overdue. `grace` is in seconds of `running`, a clock that nobody can set."""

    def __init__(self, grace: float, running: Callable[[], float] = time.monotonic) -> None:
        self._grace = grace
        self._running = running
        self._since: dict[Key, float] = {}

    def ripe(self, overdue: Iterable[Key]) -> Sequence[Key]:
        """Those of `overdue`, which is all that is so now, that were so at every look for `grace` seconds."""
        now = self._running()
        self._since = {key: self._since.get(key, now) for key in overdue}
        return [key for key, since in self._since.items() if now - since >= self._grace]
