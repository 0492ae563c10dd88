"""The 24 hours after a person's last message in which some platforms let an answer through."""

from __future__ import annotations

from datetime import datetime, timedelta

from lamoon.booking.request import now

WINDOW = timedelta(hours=24)
WITH_WINDOW = frozenset(("whatsapp", "messenger", "instagram", "twilio_whatsapp"))
OUTSIDE = "more than 24 hours since they wrote: the platform lets nothing through until they write again"


def window_until(channel: str, heard_at: datetime) -> datetime | None:
    """Until when somebody who wrote last at `heard_at` may be answered; None where there is no end."""
    return heard_at + WINDOW if channel in WITH_WINDOW else None


def is_past(until: datetime | None) -> bool:
    """Whether it is too late."""
    return until is not None and until <= now()
