"""Every change of an old pin and every matching advisory requires a review."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lamoon.project import PROJECT
from tools.advisories import LIST
from tools.checks.advisories import LOCK, check_advisories
from tools.checks.project import Project

ENTRY = "packages:\n  sanic:\n    version: '{version}'\n    advisories:\n      - {{id: CVE-1, affected: '{affected}', source: {source}{why}}}\n"


def problems(
    folder: Path, *, version: str = "1.0", affected: str = "<2", source: str = "memory", why: str = ", why: not here"
) -> list[str]:
    """Return what the check says of a list with one entry, where sanic 1.0 is locked."""
    (folder / LOCK).parent.mkdir(exist_ok=True)
    (folder / LOCK).write_text("sanic==1.0 \\\n    --hash=sha256:0\n", encoding="utf-8")
    text = ENTRY.format(version=version, affected=affected, source=source, why=why)
    return [problem.what for problem in check_advisories(Project({LIST: text}, root=folder))]


def test_an_advisory_with_a_reason_is_well(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"version": "0.9"}, "sanic 0.9 is not what is locked: 1.0"),
        ({"why": ""}, "CVE-1 matches sanic"),
        ({"affected": "<1.0"}, "CVE-1 no longer matches sanic"),
        ({"source": "hearsay"}, "CVE-1: the source is 'hearsay'"),
        ({"affected": "old ones"}, "cannot be read: InvalidSpecifier Invalid specifier: 'old ones'"),
    ],
)
def test_what_nobody_looked_at_is_a_problem(tmp_path: Path, changes: dict[str, str], what: str) -> None:
    assert problems(tmp_path, **changes) == [what]


def test_pip_audit_leaves_out_what_has_a_reason() -> None:
    words = [sys.executable, "-m", "tools.advisories"]
    options = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "--ignore-vuln CVE-2025-47273" in options
    assert "CVE-2022-35920" not in options, "fixed in the locked version"
