"""What happens, on the terminal and in a file that survives a crash."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def say(text: str) -> None:
    """One line to standard error, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Partial:
    """Figures as they come in. After a crash the file shows what had been measured."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._figures: dict[str, Any] = {}

    def note(self, name: str, value: Any) -> None:
        """Adds one figure and writes the file anew."""
        self._figures[name] = value
        self._file.write_text(json.dumps(self._figures, indent=2) + "\n", encoding="utf-8")
