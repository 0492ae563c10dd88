"""Logs as lines of JSON, one object a line, whoever has configured logging: `LAMOON_LOG_FORMAT=json`.

    {"time": "2026-11-30T10:00:00.123Z", "level": "INFO", "process": "gateway", "event": "...", "request_id": "..."}

`logger` is there too for what was logged, `request_id` inside a request. Lines that a program prints become events of
level INFO.
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
"""Of an event: a line stays below `lamoon.logs.LONGEST` bytes, so that it is never cut in the middle."""
_BEGINNING: Final = '{"time": "'


def is_wanted() -> bool:
    """Whether the environment asks for JSON. `lamoon.settings` reports a wrong value."""
    return os.environ.get(VARIABLE, "").strip() == "json"


class JsonLines:
    """Makes the lines of one process, which is called `process` in them."""

    def __init__(self, process: str) -> None:
        self._process = process

    def take_over(self) -> None:
        """Has every handler of this process write JSON, those of other programs too."""
        # Rasa and Sanic set up handlers and formatters of their own, later than this.
        logging.Handler.format = lambda _, record: self.of_record(record)  # type: ignore[method-assign, assignment]

    def of_record(self, record: logging.LogRecord) -> str:
        """The line of a record, without its end."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return self._line(moment, record.levelname, record.getMessage(), record.name)

    def of_text(self, text: str) -> str:
        """The line of a printed one; what is a line of ours already stays as it is."""
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
