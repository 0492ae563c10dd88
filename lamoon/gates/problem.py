"""What a gate reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something to mend: where it stands (line None: the whole file), what was found, what is expected instead."""

    file: str
    line: int | None
    what: str
    expected: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.what} (expected {self.expected})"
