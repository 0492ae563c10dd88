"""A copy of what both sides learn from and are asked, so that an edit during a run changes neither."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import yaml

from lamoon.project import PROJECT

PHRASES = ("nlu.yml", "nlu", "responses")
DEVELOPMENT = "nlu_dev.jsonl"
TEST = "nlu_test.jsonl"


def take_snapshot(folder: Path, most: int) -> dict[str, str]:
    """Copies the training data, the domain and the questions.

    Args:
        folder: made anew.
        most: how many phrases of a label are kept, spread evenly over the file; 0 keeps all.

    Returns:
        How many phrases and labels there are, and a hash of all that counts for both sides. Where phrases were left
        out, also how many a label were kept (`most`) and how many there are `in all`.
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


def _thinned(file: Path, most: int) -> str:
    """The file with at most `most` phrases a label."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    for entry in document["nlu"]:
        phrases = entry["examples"].splitlines()
        step = max(len(phrases) / most, 1.0)
        kept = [phrases[int(i * step)] for i in range(min(most, len(phrases)))]
        entry["examples"] = "\n".join(kept) + "\n"
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
