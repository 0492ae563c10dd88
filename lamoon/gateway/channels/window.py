"""The time after a person's last message in which some platforms let an answer through."""

from __future__ import annotations

from datetime import datetime

from lamoon.booking.request import now
from lamoon.channel_settings import CHANNELS

OUTSIDE = "more than 24 hours since they wrote: the platform lets nothing through until they write again"


def window_until(channel: str, heard_at: datetime) -> datetime | None:
    """Until when somebody who wrote last at `heard_at` may be answered; None where there is no end."""
    window = CHANNELS[channel].window if channel in CHANNELS else None
    return heard_at + window if window else None


def is_past(until: datetime | None) -> bool:
    """Whether it is too late."""
    return until is not None and until <= now()
