"""The sentences of `data/responses/`, for programs that speak to visitors without Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from lamoon.knowledge.reading import read

DEFAULT_FOLDER: Final = Path(__file__).parents[2] / "data" / "responses"


@lru_cache(maxsize=1)
def phrasebook(folder: Path = DEFAULT_FOLDER) -> Mapping[str, str]:
    """The first text of each response. Raises KnowledgeError, which names file and line."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.yml")):
        for name, variations in read(file).fields("responses file")["responses"].fields("responses").items():
            found[name] = variations.items(name)[0].fields(name)["text"].text(name)
    return found


def phrase(name: str, **values: str) -> str:
    """The text of a response with `values` in its places. Raises KeyError where the response or a value is missing."""
    return phrasebook()[name].format(**values)
