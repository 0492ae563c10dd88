"""The sentences of `data/responses/`, for programs that speak to visitors without Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.project import PROJECT
from lamoon.yaml_file import read

DEFAULT_FOLDER: Final = PROJECT / "data" / "responses"


@lru_cache(maxsize=1)
def phrasebook(folder: Path = DEFAULT_FOLDER) -> Mapping[str, str]:
    """The first text of each response. Raises KnowledgeError, which names file and line."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.yml")):
        for name, variations in read(file, KnowledgeError)["responses"].fields().items():
            found[name] = variations.items()[0]["text"].text()
    return found


def phrase(name: str, **values: str) -> str:
    """The text of a response with `values` in its places. Raises KeyError where the response or a value is missing."""
    return phrasebook()[name].format(**values)
