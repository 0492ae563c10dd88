"""Where and on what a run was made."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from pathlib import Path

from tools.bench.sides import Side

PACKAGES = ("rasa", "tensorflow", "numpy", "scipy", "scikit-learn", "onnxruntime")
ASK_VERSIONS = """
import importlib.metadata, json, platform, sys
import rasa.core.agent  # also reads the packages from disk once, so that no side is timed on a cold disk
found = {"Python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def machine() -> dict[str, str]:
    """Processor, cores, memory and system, and how busy it was."""
    return {
        "processor": _first(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo")),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def versions(side: Side) -> dict[str, str]:
    """Python and the packages that matter, in the environment of a side."""
    words = (side.python, "-c", ASK_VERSIONS, *PACKAGES)
    answer = subprocess.run(words, env=side.variables, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _first(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text(), re.MULTILINE)
    return found[1] if found else "unknown"
