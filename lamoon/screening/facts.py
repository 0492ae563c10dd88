"""What the catalogue says of its conditions, without the patterns that find them: for those who only talk about them.

Reading this takes a tenth of a second; the whole catalogue takes ten times as long, because it makes the patterns ready to
search. It checks nothing: whoever searches has read the same files and checked them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from lamoon.screening.catalogue import DEFAULT_PATH
from lamoon.screening.condition import Condition

PATTERNS = ("patterns", "actions", "look_alikes", "rules")
DEFAULTS = {"article": False, "hold": False, "resolves": False}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Facts:
    """All conditions by id; their patterns are empty."""

    conditions: Mapping[str, Condition]


def load_facts(path: Path = DEFAULT_PATH) -> Facts:
    """The conditions of all files in the folder `path`."""
    known = {field.name for field in fields(Condition)} - set(PATTERNS)
    found: dict[str, Condition] = {}
    for file in sorted(path.glob("*.yml")):
        document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a safe one
        for name, entry in document.get("conditions", {}).items():
            texts = {key: _text(value) for key, value in entry.items() if key in known}
            found[name] = Condition(**{"id": name, **DEFAULTS, **texts})
    return Facts(found)


def _text(value: Any) -> Any:
    """A text on one line, as the catalogue has it; flags as they are."""
    return value if isinstance(value, bool) else " ".join(str(value).split())
