"""Where and on what a run was made."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
from pathlib import Path

import yaml

from benchmarks.sides import PROJECT, Side
from benchmarks.train import PHRASES

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


def training_data() -> dict[str, str]:
    """How many phrases and labels, and a hash of the files that both sides learn from."""
    digest = hashlib.sha256()
    labels: dict[str, int] = {}
    for name in PHRASES:
        path = PROJECT / "data" / name
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
            for entry in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("nlu", []):
                if "intent" in entry:
                    labels[entry["intent"]] = labels.get(entry["intent"], 0) + len(_examples(entry["examples"]))
    return {"phrases": str(sum(labels.values())), "labels": str(len(labels)), "sha256": digest.hexdigest()[:16]}


def _examples(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("- ")]


def _first(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text(), re.MULTILINE)
    return found[1] if found else "unknown"
