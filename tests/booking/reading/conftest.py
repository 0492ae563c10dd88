"""Read messages on Monday 30 November 2026 at 10:00, in New York."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lamoon.booking.reading.message import Asked, BookingMessage, read_message

NOW = datetime(2026, 11, 30, 10)
Read = Callable[..., BookingMessage]


@pytest.fixture(scope="session")
def read() -> Read:
    """Read a message, perhaps as the answer to a question, in a country."""

    def reader(text: str, asked: Asked | None = None, region: str = "US") -> BookingMessage:
        return read_message(text, asked, now=NOW, region=region, zone=ZoneInfo("America/New_York"))

    return reader
