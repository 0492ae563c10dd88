"""Rasa's own validation of domain and training data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lamoon.launch.commands import environment
from lamoon.launch.ports import PreflightError

# Rasa takes replies that our policy, forms and actions utter for unused; what is really unused `make check` finds.
NOISE = ("is not used in any story or rule", "raise_warning(", "Processed ")


def validate(project: Path) -> None:
    """Has Rasa look for what is used and not defined, in rules, stories, forms and slots; takes about 20 seconds.

    Raises:
        PreflightError: with Rasa's messages, when it found a fault.
    """
    files = ("--domain", "domain.yml", "--config", "config.yml", "--data", "data")
    words = (sys.executable, "-m", "rasa", "data", "validate", *files)
    done = subprocess.run(words, cwd=project, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if not any(part in line for part in NOISE)]
        raise PreflightError("\n".join([*lines, f"Rasa found faults in {project}: the messages above say which."]))
