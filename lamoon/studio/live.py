"""studio.yml as it is now: read again once it changes, so that a change at the desk needs no restart."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import Any, Final, cast

from lamoon.errors import StudioError
from lamoon.studio.file import load_studio
from lamoon.studio.model import Studio

log = logging.getLogger("lamoon.studio")

LOOK_SECONDS: Final = 0.5
"""How long a look at the file's time counts: a reply reads dozens of values."""


def live_studio(path: Path | str) -> Studio:
    """The studio at `path`, for processes that run for long: each value is the file's of this moment.

    A file that is broken or gone while we run changes nothing: the last good one goes on, and the log says why. Whoever
    wants several values that belong together takes them from one call of a method, such as `facts()`.

    Raises:
        StudioError: when the file is broken now.
    """
    return cast(Studio, _LiveStudio(Path(path)))


class _LiveStudio:
    """Hands every attribute on to the latest good reading of the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._state = _state(path)
        self._studio = load_studio(path)
        self._look_at = time.monotonic() + LOOK_SECONDS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._latest(), name)

    def _latest(self) -> Studio:
        if time.monotonic() < self._look_at:
            return self._studio
        with self._lock:
            self._look_at = time.monotonic() + LOOK_SECONDS
            state = _state(self._path)
            if state != self._state:
                self._state = state
                try:
                    self._studio = load_studio(self._path)
                    log.info("studio.yml has changed and is in use")
                except StudioError as problem:
                    log.error("studio.yml has changed and is not used: %s", problem)
        return self._studio


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
