"""The pages of `docs/` that are written from the project's files, wholly or in part."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from lamoon.errors import ConfigurationError
from lamoon.gates import reference
from lamoon.gates.conditions import conditions, told
from lamoon.gates.project import Project

SCREENING = "docs/screening.md"
BEGIN = f"<!-- conditions: written by `{reference.COMMAND}` from the catalogue -->"
END = "<!-- end of conditions -->"
SEVERITIES = {
    "emergency": "emergency",
    "avoid": "avoid",
    "avoid_locally": "avoid there",
    "ask_doctor": "ask your doctor",
    "inform": "answer only",
}
_HEAD = ("id", "what it is called", "severity", "in the guide", "holds the booking", "source")


def screening(project: Project) -> str:
    """`docs/screening.md` with its table of conditions fresh. Raises ConfigurationError where the table has no place."""
    before, begin, rest = project.text(SCREENING).partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        needed = END if begin else BEGIN
        raise ConfigurationError(
            SCREENING, None, "has no place for the table of conditions", f"a line {needed!r}", needed
        )
    return f"{before}{begin}\n\n{_conditions(project)}\n{end}{after}"


def _conditions(project: Project) -> str:
    rows = [
        (
            f"`{name}`",
            told(entry, "title"),
            SEVERITIES.get(told(entry, "severity"), ""),
            _yes(told(entry, "article")),
            _yes(told(entry, "hold")),
            told(entry, "source"),
        )
        for name, entry in conditions(project)
    ]
    order = list(SEVERITIES.values())
    rows.sort(key=lambda row: order.index(row[2]) if row[2] in order else -1)
    return reference.table(_HEAD, iter(rows))


def _yes(flag: str) -> str:
    return "yes" if flag == "true" else "no"


PAGES = MappingProxyType[str, Callable[[Project], str]](
    {reference.REFERENCE: reference.render, SCREENING: screening},
)
