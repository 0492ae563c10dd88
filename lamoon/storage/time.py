"""Points in time: always UTC, stored without a zone."""

from __future__ import annotations

from datetime import UTC, datetime


def isoformat_utc(moment: datetime) -> str:
    """Return a UTC timestamp such as 2026-11-22T22:15:03.123Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_naive_utc(moment: datetime) -> datetime:
    """Convert a moment of the tables, which store UTC without a zone."""
    return moment.replace(tzinfo=UTC)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def to_naive_utc(moment: datetime) -> datetime:
    """Convert a moment for the tables: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
