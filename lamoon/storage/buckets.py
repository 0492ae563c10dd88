"""Token buckets that several processes share, in an unlogged table of PostgreSQL.

A bucket is stored as the time at which it will be full again. The table is unlogged, because a crash may reset limits,
and a write without a log takes 0.1 ms instead of 2. It is not part of revisions, backups and moves. Names are hashed
with the installation's key: some are addresses of visitors.
"""

from __future__ import annotations

import hmac
from typing import Final

from sqlalchemy import Boolean, Column, DateTime, MetaData, String, Table, text

from lamoon.storage.database import Database

volatile = MetaData()
rate_limits = Table(
    "rate_limits",
    volatile,
    Column("name", String(32), primary_key=True),
    Column("full_at", DateTime(timezone=True), nullable=False, index=True),  # by the database's clock
    Column("granted", Boolean, nullable=False),  # whether the latest request was
    prefixes=["UNLOGGED"],
)

_NOW: Final = "clock_timestamp()"
_SECONDS: Final = "make_interval(secs => :seconds)"
_FROM: Final = f"greatest(b.full_at, {_NOW})"
_FITS: Final = f"extract(epoch FROM {_FROM} - {_NOW}) + :seconds <= :most"
_ADD: Final = text(f"""
    INSERT INTO rate_limits AS b (name, full_at, granted)
    VALUES (:name, {_NOW} + {_SECONDS} * (:seconds <= :most)::int, :seconds <= :most)
    ON CONFLICT (name) DO UPDATE SET
        full_at = CASE WHEN {_FITS} THEN {_FROM} + {_SECONDS} ELSE b.full_at END, granted = {_FITS}
    RETURNING granted, extract(epoch FROM full_at - {_NOW})
""")  # noqa: S608  put together from the constants above
_DROP: Final = text(f"DELETE FROM rate_limits WHERE full_at < {_NOW}")  # noqa: S608


class SharedBuckets:
    """The buckets of all processes on one PostgreSQL. Methods block, and raise StoreError when the database fails."""

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._key = key.encode()
        database.make(volatile)

    def add(self, name: str, seconds: float, most: float) -> tuple[bool, float]:
        """Take tokens that need `seconds` to refill, unless the bucket would then need more than `most`. Negative
        `seconds` return tokens. Returns whether they were taken, and the seconds until full before that.
        """
        hashed = hmac.new(self._key, name.encode(), "sha256").hexdigest()[:32]
        values = {"name": hashed, "seconds": seconds, "most": most}
        with self._database.writing("count a request") as connection:
            granted, left = connection.execute(_ADD, values).one()
        return bool(granted), max(0.0, float(left) - (seconds if granted else 0.0))

    def drop_full(self) -> None:
        """Delete full buckets."""
        with self._database.writing("drop full buckets") as connection:
            connection.execute(_DROP)
