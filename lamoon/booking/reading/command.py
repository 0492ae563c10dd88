"""`python -m lamoon.booking read`: one JSON line in, one out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, Final

from lamoon.booking.reading.message import BookingMessage, read_message
from lamoon.errors import LamoonError

_QUESTIONS: Final = ("name", "contact", "when", "wish")
_EXAMPLE: Final = '{"text": "Friday at 2", "asked": "when"}'


class BadLineError(LamoonError):
    """A line of the input is not a message."""


def read_lines(lines: Iterable[str], now: datetime, region: str, zone: tzinfo) -> Iterator[BookingMessage]:
    """Yield the reading of each line; empty lines are skipped.

    Raises:
        BadLineError: a line is not a JSON object with a text; gives the line, the problem and an example.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = _row(line, number)
            yield read_message(row["text"], row.get("asked"), now=now, region=region, zone=zone)


def _row(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise BadLineError(f"Line {number} is not JSON. Expected an object such as {_EXAMPLE}") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadLineError(f'Line {number} has no text under "text". Expected an object such as {_EXAMPLE}')
    if row.get("asked") not in (None, *_QUESTIONS):
        raise BadLineError(
            f'Line {number} has an unknown "asked". Expected one of {", ".join(_QUESTIONS)}, as in {_EXAMPLE}'
        )
    return row


def shown(message: BookingMessage) -> str:
    """Return the message as one line of JSON."""
    return json.dumps(message.as_json(), ensure_ascii=False)


def readable(message: BookingMessage) -> str:
    """Return the message for people, one field per line."""
    return "\n".join(f"{key:22}{value}" for key, value in message.as_json().items()) + "\n"
