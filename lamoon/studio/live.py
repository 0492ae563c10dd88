"""The studio as it is now: read again once it changes, so that a change at the desk needs no restart."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol, cast

from sqlalchemy.engine import make_url

from lamoon.errors import StoreError, StudioError
from lamoon.settings import Settings
from lamoon.storage.database import Database
from lamoon.storage.documents import Documents
from lamoon.studio.file import load_studio, studio_of
from lamoon.studio.model import Studio

log = logging.getLogger("lamoon.studio")

NAME: Final = "studio.yml"
"""The document's name; the file may have another."""
LOOK_SECONDS: Final = 0.5
"""How long a look at the file's time counts: a reply reads dozens of values."""
POLL_SECONDS: Final = 1.0
"""Between two looks at the database, by a thread of its own: no reply waits for one."""


def live_studio(settings: Settings) -> Studio:
    """The studio for processes that run for long: each value is that of this moment.

    A text that is broken or out of reach while we run changes nothing: the last good one goes on, and the log says why. Whoever
    wants several values that belong together takes them from one call of a method, such as `facts()`.

    Raises:
        StudioError: when the file is read, and broken.
    """
    if _is_shared(settings):
        return cast(Studio, _shared(settings.studio, settings.database_url.reveal()))
    file = _File(settings.studio)
    return cast(Studio, _Filed(file, file.state(), file.studio()))


def studio_now(settings: Settings) -> Studio:
    """The studio, read once. Raises StudioError as `live_studio` does."""
    if _is_shared(settings):
        return _first_reading(_Rows(settings.studio, settings.database_url.reveal()), settings.studio)[1]
    return _File(settings.studio).studio()


def look_again(studio: Studio) -> None:
    """Has a live studio take a change up at once."""
    if isinstance(studio, _Live):
        studio.look()


def _is_shared(settings: Settings) -> bool:
    return bool(make_url(settings.database_url.reveal()).get_backend_name() == "postgresql")


class _Source(Protocol):
    """Where a studio is read from."""

    def state(self) -> object:
        """Differs once the text does."""

    def studio(self) -> Studio:
        """What it says. Raises StudioError; StoreError when the database fails."""


class _File:
    """The file of an installation with one gateway."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def state(self) -> object:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def studio(self) -> Studio:
        return load_studio(self._path)


class _Rows:
    """The document that gateways share; the file as long as there is none."""

    def __init__(self, path: Path, address: str) -> None:
        self._path, self._address = path, address
        self._state = -1
        self._reached = True

    @cached_property
    def _database(self) -> Database:
        return Database(self._address)

    @property
    def _documents(self) -> Documents:
        return Documents(self._database)

    def state(self) -> object:
        try:
            self._state = self._documents.newest(NAME)
            self._reached = True
        except StoreError as problem:
            if self._reached:
                log.warning("The studio's settings go on as they were last read: %s", problem)
            self._reached = False
        return self._state

    def close(self) -> None:
        """Gives its connection back."""
        if "_database" in vars(self):
            self._database.close()

    def studio(self) -> Studio:
        for number, text in self._documents.texts(NAME):
            try:
                return studio_of(text, f"{NAME} (version {number} in the database)")
            except StudioError as problem:
                log.error("The version before is used: take the latest change back under Settings. %s", problem)
        return load_studio(self._path)


def _first_reading(rows: _Rows, path: Path) -> tuple[object, Studio]:
    """State and studio at a start; None and that of the file where the database fails. Raises StudioError."""
    state = rows.state()
    try:
        return state, rows.studio()
    except StoreError as problem:
        log.error("%s is used until the database answers: %s", path.name, problem)
        return None, load_studio(path)


class _Live:
    """Hands every attribute on to the latest good reading of a source, at first `studio`, read at `state`."""

    def __init__(self, source: _Source, state: object, studio: Studio) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._state = state
        self._studio = studio

    def __getattr__(self, name: str) -> Any:
        return getattr(self._latest(), name)

    def look(self) -> None:
        """Reads again what has changed."""
        with self._lock:
            state = self._source.state()
            if state == self._state:
                return
            try:
                self._studio = self._source.studio()
                log.info("studio.yml has changed and is in use")
            except StudioError as problem:
                log.error("studio.yml has changed and is not used: %s", problem)
            except StoreError:
                return  # the next look tries again
            self._state = state

    def _latest(self) -> Studio:
        return self._studio


class _Filed(_Live):
    """Looks when a value is asked for."""

    _look_at = 0.0

    def _latest(self) -> Studio:
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            self.look()
        return self._studio


_lives: weakref.WeakValueDictionary[tuple[Path, str], _Live] = weakref.WeakValueDictionary()
_lives_lock = threading.Lock()


def _shared(path: Path, address: str) -> _Live:
    """One a process, with one thread and one connection, however many components read the studio."""
    with _lives_lock:
        live = _lives.get((path, address))
        if live is None:
            source = _Rows(path, address)
            live = _lives[path, address] = _Live(source, *_first_reading(source, path))
            threading.Thread(target=_poll, args=(weakref.ref(live), source), name="studio", daemon=True).start()
        return live


def _poll(reference: weakref.ref[_Live], source: _Rows) -> None:
    """Looks until nobody reads the studio any more."""
    while True:
        time.sleep(POLL_SECONDS)
        live = reference()
        if live is None:
            source.close()
            return
        live.look()
        del live
