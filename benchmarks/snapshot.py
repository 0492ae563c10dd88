"""A copy of what both sides learn from and are asked, so that an edit during a run changes neither."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import yaml

from benchmarks.sides import PROJECT

PHRASES = ("nlu.yml", "nlu", "responses")
DEVELOPMENT = "nlu_dev.jsonl"
TEST = "nlu_test.jsonl"


def take_snapshot(folder: Path) -> dict[str, str]:
    """Copies the training data, the domain and the questions.

    Returns:
        How many phrases and labels there are, and a hash of all that counts for both sides.
    """
    empty_folder(folder)
    shutil.copytree(PROJECT / "data", folder / "data")
    shutil.copyfile(PROJECT / "domain.yml", folder / "domain.yml")
    for name in (DEVELOPMENT, TEST):
        shutil.copyfile(PROJECT / "tests" / "data" / name, folder / name)
    return _describe(folder)


def empty_folder(folder: Path) -> Path:
    """Makes the folder, without whatever was in it."""
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


def _files(folder: Path) -> list[Path]:
    found = [folder / DEVELOPMENT, folder / TEST]
    for name in PHRASES:
        path = folder / "data" / name
        found.extend(sorted(path.rglob("*.yml")) if path.is_dir() else [path])
    return found


def _intents(file: Path) -> list[dict[str, str]]:
    if file.suffix != ".yml":
        return []
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return [entry for entry in content.get("nlu", []) if "intent" in entry]
