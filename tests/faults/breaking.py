"""Faults of the stores under a running assistant. Each begins with `strike` and is over when `mend` returns."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

FILLER = "filler"


@dataclass(frozen=True)
class Fault:
    """`seconds` is how long it lasts at most; where `until_read`, it ends as soon as the visitor reads anything.

    `early`: it begins before the message is sent. Else right after the gateway has accepted the message.
    """

    name: str
    strike: Callable[[], None]
    mend: Callable[[], None] = lambda: None
    seconds: float = 0.0
    until_read: bool = False
    early: bool = True


@contextmanager
def under(fault: Fault) -> Iterator[threading.Event]:
    """The fault strikes now and is mended by itself; the event that is yielded says that the visitor read something."""
    fault.strike()
    read, over = threading.Event(), threading.Event()

    def last() -> None:
        (read if fault.until_read else over).wait(fault.seconds)
        fault.mend()

    thread = threading.Thread(target=last)
    thread.start()
    try:
        yield read
    finally:
        read.set()
        thread.join()


class Lock:
    """Another program that writes to a SQLite file and does not end its transaction."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._connection: sqlite3.Connection | None = None

    def take(self) -> None:
        """Keeps every other writer out."""
        self._connection = sqlite3.connect(self._database, timeout=30, isolation_level=None, check_same_thread=False)
        self._connection.execute("BEGIN EXCLUSIVE")

    def release(self) -> None:
        """Lets the others write."""
        if self._connection:
            self._connection.execute("ROLLBACK")
            self._connection.close()
            self._connection = None


class Disk:
    """The disk that a folder lies on, which has to be a small one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, left: int = 0) -> None:
        """Takes all room but `left` bytes, also that in the databases' write-ahead logs, which are used over and over."""
        for database in self._folder.rglob("*.db"):
            with closing(sqlite3.connect(database, timeout=30)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with (self._folder / FILLER).open("ab") as file:
            while (free := self._free() - left) > 0:
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free)
                except OSError as problem:
                    if problem.errno != errno.ENOSPC:  # others write meanwhile: there may be less room by now
                        raise

    def _free(self) -> int:
        state = os.statvfs(self._folder)
        return state.f_bavail * state.f_frsize

    def free(self) -> None:
        """Gives the room back."""
        (self._folder / FILLER).unlink(missing_ok=True)
