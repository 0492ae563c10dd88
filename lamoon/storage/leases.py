"""Leases: exclusive work among several processes. A process that dies loses its leases after some seconds.

They are rows of the database, timed by its clock alone, so the clocks of the processes do not matter. A SQLite file
belongs to one machine with one process of each kind, so there every lease is granted without a row.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from lamoon.errors import StoreError
from lamoon.retry import retry_until_stored
from lamoon.storage.database import Database
from lamoon.storage.tables import leases

log = logging.getLogger("lamoon.storage.leases")

SECONDS: Final = 15
"""How long a lease lasts without renewal, which is how long the work of a killed process waits."""
TAKE_OVER_SECONDS: Final = 5.0
"""How often to look for unfinished work of dead processes."""


@dataclass(frozen=True)
class Lease:
    """A lease that this process holds. `inherited`: from a process that did not release it, and may have begun the
    work.
    """

    name: str
    inherited: bool = False


class Watcher(Protocol):
    """A callback for every wait for a lease."""

    def __call__(self, seconds: float, *, granted: bool) -> None:
        """Report a wait; `granted`: no other process held the lease."""


class Leases:
    """The leases of this process. `owner` names the process. Methods that touch the database raise StoreError."""

    def __init__(self, database: Database, owner: str | None = None, seconds: float = SECONDS) -> None:
        self._database = database
        self.owner = owner or secrets.token_hex(8)
        self.is_shared = database.dialect == "postgresql"
        """Whether other processes may do the same work."""
        self._seconds = seconds
        self._held: set[str] = set()
        self._watcher: Watcher | None = None

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with the seconds of each wait for a lease, and whether it was granted."""
        self._watcher = watcher

    def take(self, name: str) -> Lease | None:
        """Acquire the lease with this name (at most 80 characters); None while another process holds it.

        It is not renewed unless `hold` keeps it, so one that nobody waits for any more expires.
        """
        if not self.is_shared:
            return Lease(name)
        until = func.now() + text("make_interval(secs => :seconds)").bindparams(seconds=self._seconds)
        mine = {"owner": self.owner, "until": until}
        before = select(leases.c.owner).where(leases.c.name == name).scalar_subquery()
        add = insert(leases).values(name=name, **mine)
        is_free = (leases.c.owner == self.owner) | (leases.c.until < func.now())
        take = add.on_conflict_do_update(index_elements=["name"], set_=mine, where=is_free).returning(literal(1))
        with self._database.writing("take a lease") as connection:
            owner = connection.execute(select(before)).scalar()
            if not connection.execute(take).first():
                return None
        return Lease(name, inherited=owner not in (None, self.owner))

    def release(self, lease: Lease) -> None:
        """Release a lease."""
        if not self.is_shared:
            return
        self._held.discard(lease.name)
        mine = (leases.c.name == lease.name) & (leases.c.owner == self.owner)
        with self._database.writing("release a lease") as connection:
            connection.execute(leases.delete().where(mine))

    def held(self) -> Sequence[str]:
        """Return the names of all leases held by any process."""
        with self._database.reading("read leases") as connection:
            return list(connection.execute(select(leases.c.name).where(leases.c.until >= func.now())).scalars())

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[Lease | None]:
        """Hold a lease for the duration of the block; None while another process holds it."""
        began = time.perf_counter()
        lease = await retry_until_stored(self.take, name) if self.is_shared else Lease(name)
        if self._watcher:
            self._watcher(time.perf_counter() - began, granted=lease is not None)
        if lease and self.is_shared:
            self._held.add(name)
        try:
            yield lease
        finally:
            if lease and self.is_shared:
                await asyncio.shield(asyncio.to_thread(self._try_to_release, lease))

    async def take_over(self, left: Callable[[], Sequence[str]], wake: Callable[[str], None]) -> None:
        """Repeatedly resume unfinished work of other processes, until cancelled.

        Args:
            left: returns the names of pending work; called in a thread, retried when the store fails.
            wake: starts work under such a name, which ends at once if its lease is held.
        """
        while self.is_shared:
            await asyncio.sleep(TAKE_OVER_SECONDS)
            for name in await retry_until_stored(left):
                wake(name)

    async def renew(self) -> None:
        """Renew all leases of this process until cancelled."""
        while self.is_shared:
            await asyncio.sleep(self._seconds / 3)
            try:
                await asyncio.to_thread(self._renew)
            except StoreError as error:
                log.warning("Leases are not renewed: %s", error)

    def _renew(self) -> None:
        until: Any = func.now() + text("make_interval(secs => :seconds)").bindparams(seconds=self._seconds)
        mine = (leases.c.owner == self.owner) & leases.c.name.in_(tuple(self._held))
        with self._database.writing("renew leases") as connection:
            connection.execute(update(leases).where(mine).values(until=until))

    def _try_to_release(self, lease: Lease) -> None:
        """Release a lease; one that cannot be released expires by itself."""
        try:
            self.release(lease)
        except StoreError as error:
            log.warning("A lease runs out by itself: %s", error)
