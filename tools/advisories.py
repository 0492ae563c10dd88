"""Known advisories against old pins, `requirements/advisories.yml`: which match the locked version, and why that is
harmless.

`python -m tools.advisories` prints the options for pip-audit that ignore justified advisories. It requires only PyYAML
and packaging.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from packaging.specifiers import SpecifierSet

LIST: Final = "requirements/advisories.yml"


@dataclass(frozen=True)
class Advisory:
    """An advisory against a package: whether it matches the locked version, and why it does not matter here."""

    package: str
    id: str
    also: str
    matches: bool
    source: str
    why: str


def advisories(listed: Mapping[str, Any]) -> Sequence[Advisory]:
    """Return all advisories of the list. Raises KeyError, InvalidSpecifier."""
    return [
        Advisory(
            name,
            one["id"],
            one.get("also", ""),
            SpecifierSet(one["affected"]).contains(entry["version"]),
            one["source"],
            one.get("why", ""),
        )
        for name, entry in listed["packages"].items()
        for one in entry["advisories"]
    ]


def ignored(listed: Mapping[str, Any]) -> str:
    """Return the options of pip-audit that ignore justified advisories."""
    known = [name for one in advisories(listed) if one.matches and one.why for name in (one.id, one.also) if name]
    return " ".join(f"--ignore-vuln {name}" for name in known)


if __name__ == "__main__":
    sys.stdout.write(ignored(yaml.safe_load(Path(LIST).read_text(encoding="utf-8"))) + "\n")
