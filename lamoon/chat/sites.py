"""The web pages that showed the chat: which origins asked for it, and when last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from lamoon.storage.database import Database
from lamoon.storage.desk_tables import sites
from lamoon.storage.time import now, to_naive_utc

AGAIN = timedelta(hours=1)
"""How long a sighting counts as fresh: not every page view writes."""
MOST = 50


@dataclass(frozen=True)
class Site:
    """An origin that showed the chat, and when last (UTC)."""

    origin: str
    seen_at: datetime


class Sites:
    """The sightings in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[str, datetime] = {}

    def is_fresh(self, origin: str) -> bool:
        """Whether this process has noted the origin within the last hour, or has enough of them."""
        noted = self._fresh.get(origin)
        return (noted is not None and now() - noted < AGAIN) or len(self._fresh) >= MOST

    def note(self, origin: str) -> None:
        """Keeps that a page of this origin showed the chat."""
        moment = to_naive_utc(now())
        with self._database.writing("note a site") as connection:
            if not connection.execute(update(sites).where(sites.c.origin == origin).values(seen_at=moment)).rowcount:
                connection.execute(insert(sites).values(origin=origin, seen_at=moment))
        self._fresh[origin] = now()

    def all(self) -> Sequence[Site]:
        """All origins, the latest first."""
        with self._database.reading("read the sites") as connection:
            rows = connection.execute(select(sites).order_by(sites.c.seen_at.desc()).limit(MOST)).all()
        return [Site(row.origin, row.seen_at.replace(tzinfo=UTC)) for row in rows]
