"""The check of old pins: each known advisory against a locked version needs a reason why it does not matter here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from packaging.specifiers import InvalidSpecifier

from tools.advisories import LIST, advisories
from tools.checks.project import Problem, Project

LOCK: Final = "requirements/runtime.lock"
SOURCES: Final = ("looked up", "memory")
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


def check_advisories(project: Project) -> list[Problem]:
    """Old pins with unreviewed advisories, or with matching ones without a reason."""
    if project.root is None or LIST not in project.files:
        return []
    lock = (project.root / LOCK).read_text(encoding="utf-8")
    try:
        return list(_problems(yaml.safe_load(project.files[LIST]), dict(_PIN.findall(lock))))
    except (yaml.YAMLError, InvalidSpecifier, KeyError, TypeError, AttributeError) as error:
        return [
            Problem(LIST, None, f"cannot be read: {type(error).__name__} {error}", "the fields of the other entries")
        ]


def _problems(listed: Mapping[str, Any], locked: Mapping[str, str]) -> Iterator[Problem]:
    for name, entry in listed["packages"].items():
        if locked.get(name) != entry["version"]:
            yield Problem(
                LIST,
                None,
                f"{name} {entry['version']} is not what is locked: {locked.get(name, 'nothing')}",
                "its advisories looked up again, then the locked version here; or the entry taken out",
            )
    for found in advisories(listed):
        if found.source not in SOURCES:
            yield Problem(LIST, None, f"{found.id}: the source is {found.source!r}", " or ".join(SOURCES))
        if found.matches and not found.why:
            yield Problem(LIST, None, f"{found.id} matches {found.package}", "`why` it does not matter, or a newer pin")
        if not found.matches and found.why:
            yield Problem(LIST, None, f"{found.id} no longer matches {found.package}", "no `why`")
