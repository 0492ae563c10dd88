"""Files of labelled messages, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lamoon.errors import EvaluationError

Entry = TypeVar("Entry")


def read_entries(path: Path, make: Callable[[dict[str, Any]], Entry], what: str, example: str) -> list[Entry]:
    """What `make` makes of each line; `what` names one of them in errors, `example` is a right line.

    Raises:
        EvaluationError: naming the file and line that cannot be read, and what was expected.
    """
    entries = []
    for number, line in enumerate(_lines(path, example), start=1):
        try:
            entries.append(make(json.loads(line)))
        except (ValueError, KeyError, TypeError) as problem:
            raise EvaluationError(f"{path}, line {number}: {problem!r}; expected for example {example}") from None
    if not entries:
        raise EvaluationError(f"{path} holds no {what}; expected lines such as {example}")
    return entries


def _lines(path: Path, example: str) -> list[str]:
    try:
        # Not splitlines(): a message may hold separators that only it takes for the end of a line.
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.stat().st_size else []
    except UnicodeDecodeError:
        raise EvaluationError(f"{path} is not UTF-8 text; expected lines such as {example}") from None
