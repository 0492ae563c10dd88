"""The two sides, this project and Rasa's default pipeline: their environments, training data and questions."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lamoon.errors import LamoonError
from lamoon.launch.commands import environment
from lamoon.project import PROJECT


class BenchmarkError(LamoonError):
    """A measurement could not be made; the message says what to do."""


def say(text: str) -> None:
    """Print a line to standard error, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Partial:
    """Partial figures. After a crash the file shows what was measured."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._figures: dict[str, Any] = {}

    def note(self, name: str, value: Any) -> None:
        """Add one figure and rewrite the file."""
        self._figures[name] = value
        self._file.write_text(json.dumps(self._figures, indent=2) + "\n", encoding="utf-8")


DEFAULT_CONFIG = Path(__file__).with_name("rasa_default.yml")
INSTALL = Path(__file__).with_name("install_tensorflow.sh")
EPOCHS = 100


@dataclass(frozen=True)
class Side:
    """One of the two things compared.

    Attributes:
        name: `project` or `baseline`; also the name of its work folder.
        title: its name in reports.
        python: the interpreter of its environment.
        config: the text of its config.yml.
        whole: whether it also trains a dialogue model, which its server then loads too.
        variables: its environment variables.
        run_options: further options of its `rasa run`.
    """

    name: str
    title: str
    python: str
    config: str
    whole: bool
    variables: dict[str, str]
    run_options: tuple[str, ...]


def project(work: Path) -> Side:
    """Return this project in its own environment, with its own endpoints and channel. Writes only below `work`."""
    return Side(
        name="project",
        title="La Moon",
        python=sys.executable,
        config=(PROJECT / "config.yml").read_text(encoding="utf-8"),
        whole=True,
        variables=environment() | {"LAMOON_DATA": str(work / "project-data")},
        run_options=(
            *("--endpoints", str(PROJECT / "endpoints.yml")),
            *("--credentials", str(PROJECT / "credentials.yml")),
        ),
    )


def baseline(epochs: int = EPOCHS) -> Side:
    """Return Rasa's default pipeline in its environment with TensorFlow; without channels, endpoints or dialogue."""
    return Side(
        name="baseline",
        title="Rasa default",
        python=str(_tensorflow_environment() / "bin" / "python"),
        config=default_config(epochs),
        whole=False,
        variables={name: value for name, value in environment().items() if name != "PYTHONPATH"},
        run_options=(),
    )


def default_config(epochs: int) -> str:
    """Return `rasa_default.yml` with another number of epochs."""
    config: dict[str, Any] = yaml.safe_load(DEFAULT_CONFIG.read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    return yaml.safe_dump(config, sort_keys=False)


def install_baseline() -> None:
    """Create the environment with TensorFlow if it is missing.

    Raises:
        BenchmarkError: when that is not possible; the script has printed the reason.
    """
    if subprocess.run((str(INSTALL),), check=False).returncode:
        raise BenchmarkError("The environment with TensorFlow could not be made; the lines above say why.")


def _tensorflow_environment() -> Path:
    return PROJECT / os.environ.get("VENV_TENSORFLOW", ".venv-tensorflow")


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
    """Return processor, cores, memory, system and load."""
    return {
        "processor": _first(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo")),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def versions(side: Side) -> dict[str, str]:
    """Return the versions of Python and the relevant packages in the environment of a side."""
    words = (side.python, "-c", ASK_VERSIONS, *PACKAGES)
    answer = subprocess.run(words, env=side.variables, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _first(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


PHRASES = ("nlu.yml", "nlu", "responses")
DEVELOPMENT = "nlu_dev.jsonl"
TEST = "nlu_test.jsonl"


def take_snapshot(folder: Path, most: int) -> dict[str, str]:
    """Copy the training data, the domain and the questions.

    Args:
        folder: recreated.
        most: how many phrases of a label are kept, spread evenly over the file; 0 keeps all.

    Returns:
        The number of phrases and labels, and a hash of everything that counts for both sides. If phrases were left out,
        also the number kept per label (`most`) and the number `in all`.
    """
    empty_folder(folder)
    shutil.copytree(PROJECT / "data", folder / "data")
    shutil.copyfile(PROJECT / "domain.yml", folder / "domain.yml")
    for name in (DEVELOPMENT, TEST):
        shutil.copyfile(PROJECT / "tests" / "data" / name, folder / name)
    whole = _describe(folder)
    if most:
        for file in (path for path in _files_of_phrases(folder) if _intents(path)):
            file.write_text(_thinned(file, most), encoding="utf-8")
    used = _describe(folder)
    return used if used["phrases"] == whole["phrases"] else used | {"most": str(most), "in all": whole["phrases"]}


def empty_folder(folder: Path) -> Path:
    """Create the folder empty."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _describe(folder: Path) -> dict[str, str]:
    digest = hashlib.sha256()
    labels: dict[str, int] = {}
    for file in _files(folder):
        digest.update(file.read_bytes())
        for entry in _intents(file):
            phrases = [line for line in entry["examples"].splitlines() if line.startswith("- ")]
            labels[entry["intent"]] = labels.get(entry["intent"], 0) + len(phrases)
    return {"phrases": str(sum(labels.values())), "labels": str(len(labels)), "sha256": digest.hexdigest()[:16]}


def _thinned(file: Path, most: int) -> str:
    """Return the file with at most `most` phrases per label or kind of emergency, regardless of the number of
    voices.
    """
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    entries: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in document["nlu"]:
        entries.setdefault((entry["intent"], entry.get("metadata", {}).get("text", "")), []).append(entry)
    for own in entries.values():
        phrases = [(number, phrase) for number, entry in enumerate(own) for phrase in entry["examples"].splitlines()]
        step = max(len(phrases) / most, 1.0)
        kept = [phrases[int(i * step)] for i in range(min(most, len(phrases)))]
        for number, entry in enumerate(own):
            entry["examples"] = "".join(f"{phrase}\n" for block, phrase in kept if block == number)
    document["nlu"] = [entry for entry in document["nlu"] if entry["examples"]]
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000))


def _files(folder: Path) -> list[Path]:
    return [folder / DEVELOPMENT, folder / TEST, *_files_of_phrases(folder)]


def _files_of_phrases(folder: Path) -> list[Path]:
    found: list[Path] = []
    for name in PHRASES:
        path = folder / "data" / name
        found.extend(sorted(path.rglob("*.yml")) if path.is_dir() else [path])
    return found


def _intents(file: Path) -> list[dict[str, str]]:
    if file.suffix != ".yml":
        return []
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return [entry for entry in content.get("nlu", []) if "intent" in entry]
