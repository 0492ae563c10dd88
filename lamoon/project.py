"""The location of the assistant's own files: data/, domain.yml, config.yml, studio.yml, models/.

The code can be installed anywhere; these files are one studio's. This module imports nothing but the standard library.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "LAMOON_PROJECT"
MARK = "domain.yml"
"""Files that identify a project folder."""


def find_project(env: Mapping[str, str], here: Path, package: Path) -> Path:
    """Return the project's folder, absolute.

    Args:
        env: its LAMOON_PROJECT takes precedence; a relative path counts from `here`.
        here: the working directory, used last.
        package: the folder of the code. The folder around it is the project in a checkout or an editable install.
    """
    if named := env.get(VARIABLE, "").strip():
        return (here / Path(named).expanduser()).resolve()
    around = package.parent
    return around if (around / MARK).is_file() else here


def missing(project: Path) -> str:
    """Return the problem if `project` is not a project's folder; empty if it is."""
    if (project / MARK).is_file():
        return ""
    return (
        f"There is no assistant in {project}: it has no {MARK}.\n"
        f"  expected: the folder with {MARK}, config.yml, data/ and studio.yml\n"
        f"  what to do: start in that folder, or name it, for example {VARIABLE}=/srv/lamoon"
    )


PROJECT = find_project(os.environ, Path.cwd(), Path(__file__).resolve().parent)
