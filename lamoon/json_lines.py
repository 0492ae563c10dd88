"""JSON logs, one object per line, independent of other logging configuration: `LAMOON_LOG_FORMAT=json`.

    {"time": "2026-11-30T10:00:00.123Z", "level": "INFO", "process": "gateway", "event": "...", "request_id": "..."}

Log records also have `logger`, and `request_id` inside a request. Printed lines become events of level INFO.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from typing import Final

from lamoon import request_id

VARIABLE: Final = "LAMOON_LOG_FORMAT"
MOST_CHARACTERS: Final = 1_200
"""Maximum length of an event: a line stays below `lamoon.logs.LONGEST` bytes, so that it is never cut."""
_BEGINNING: Final = '{"time": "'


def is_wanted() -> bool:
    """Return whether the environment asks for JSON. `lamoon.settings` reports a wrong value."""
    return os.environ.get(VARIABLE, "").strip() == "json"


class JsonLines:
    """Make the lines of one process, named `process`."""

    def __init__(self, process: str) -> None:
        self._process = process

    def take_over(self) -> None:
        """Make every handler of this process write JSON, including those of other libraries."""
        # Rasa and Sanic install their own handlers and formatters later.
        logging.Handler.format = lambda _, record: self.of_record(record)  # type: ignore[method-assign, assignment]

    def of_record(self, record: logging.LogRecord) -> str:
        """Return the line of a record, without a line break."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return self._line(moment, record.levelname, record.getMessage(), record.name)

    def of_text(self, text: str) -> str:
        """Return the line of a printed one; a line that already has our format is unchanged."""
        return text if text.startswith(_BEGINNING) else self._line(datetime.now(UTC), "INFO", text)

    def _line(self, moment: datetime, level: str, event: str, logger: str = "") -> str:
        found = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "process": self._process,
            "event": event if len(event) <= MOST_CHARACTERS else event[:MOST_CHARACTERS] + "...",
        }
        found |= {"logger": logger} if logger else {}
        found |= {"request_id": request_id.current()} if request_id.current() else {}
        return json.dumps(found)
