"""Leases: which of several processes works on something. A process that dies loses its leases after some seconds.

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
"""How long a lease lasts that nobody renews: how long the work of a killed process waits."""
TAKE_OVER_SECONDS: Final = 5.0
"""How often to look for what another process did not live to do."""


@dataclass(frozen=True)
class Lease:
    """A lease that this process holds. `inherited`: from a process that did not give it back, and may have begun."""

    name: str
    inherited: bool = False


class Watcher(Protocol):
    """Is told of every wait for a lease."""

    def __call__(self, seconds: float, *, granted: bool) -> None:
        """`granted`: no other process held it."""


class Leases:
    """The leases of this process. `owner` names the process. Methods that touch the database raise StoreError."""

    def __init__(self, database: Database, owner: str | None = None, seconds: float = SECONDS) -> None:
        self._database = database
        self.owner = owner or secrets.token_hex(8)
        self.is_shared = database.dialect == "postgresql"
        """Whether other processes may work on the same things."""
        self._seconds = seconds
        self._held: set[str] = set()
        self._watcher: Watcher | None = None

    def watch(self, watcher: Watcher) -> None:
        """Has `watcher` called with the seconds of each wait for a lease, and whether it was granted."""
        self._watcher = watcher

    def take(self, name: str) -> Lease | None:
        """The lease with this name (at most 80 characters), or None while another process holds it."""
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
        self._held.add(name)
        return Lease(name, inherited=owner not in (None, self.owner))

    def release(self, lease: Lease) -> None:
        """Gives a lease back."""
        if not self.is_shared:
            return
        self._held.discard(lease.name)
        mine = (leases.c.name == lease.name) & (leases.c.owner == self.owner)
        with self._database.writing("release a lease") as connection:
            connection.execute(leases.delete().where(mine))

    def held(self) -> Sequence[str]:
        """Names of all leases that some process holds now."""
        with self._database.reading("read leases") as connection:
            return list(connection.execute(select(leases.c.name).where(leases.c.until >= func.now())).scalars())

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[Lease | None]:
        """Takes a lease for the duration of the block; None while another process holds it."""
        began = time.perf_counter()
        lease = await retry_until_stored(self.take, name) if self.is_shared else Lease(name)
        if self._watcher:
            self._watcher(time.perf_counter() - began, granted=lease is not None)
        try:
            yield lease
        finally:
            if lease and self.is_shared:
                await asyncio.shield(asyncio.to_thread(self._try_to_release, lease))

    async def take_over(self, left: Callable[[], Sequence[str]], wake: Callable[[str], None]) -> None:
        """Wakes the work on what another process may have left undone, again and again until cancelled.

        Args:
            left: names what waits for work; called in a thread, again where the store fails.
            wake: announces work under such a name, which ends at once where somebody holds its lease.
        """
        while self.is_shared:
            await asyncio.sleep(TAKE_OVER_SECONDS)
            for name in await retry_until_stored(left):
                wake(name)

    async def renew(self) -> None:
        """Renews all leases of this process until cancelled."""
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
        """A lease that cannot be given back runs out by itself."""
        try:
            self.release(lease)
        except StoreError as error:
            log.warning("A lease runs out by itself: %s", error)
