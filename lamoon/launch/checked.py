"""What preflight found. It runs in a process of its own, so that the launcher stays small."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lamoon.launch.ports import PreflightError


@dataclass(frozen=True)
class Checked:
    """What the launcher needs of the settings, and what the owner should still fill in, a sentence each."""

    data: Path
    rasa_port: int
    actions_port: int
    gateway_port: int
    gateway_host: str
    notes: tuple[str, ...]


def check() -> Checked:
    """Has settings, studio.yml and the screening catalogue checked, and the data folder opened.

    Raises:
        PreflightError: with the message of the check that failed.
    """
    done = subprocess.run(
        (sys.executable, "-m", "lamoon.launch.preflight"), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PreflightError(done.stderr.strip() or f"The checks ended with code {done.returncode}.")
    sys.stderr.write(done.stderr)
    found = json.loads(done.stdout)
    return Checked(**{**found, "data": Path(found["data"]), "notes": tuple(found["notes"])})
