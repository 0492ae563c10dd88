"""The trained models: which one is in use, which is newest, and whether one is intact."""

from __future__ import annotations

import gzip
import os
import sys
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from lamoon.errors import ModelError
from lamoon.project import PROJECT

NEEDED = frozenset(("metadata.json", "components"))
"""Members of the archive that Rasa needs."""


CHUNK = 1 << 20


def damage_of(model: Path) -> str:
    """What is wrong with a model archive, in a few words; "" when it is intact. Reads all of it, and thereby its
    checksum.
    """
    try:
        with gzip.open(model) as packed:
            while packed.read(CHUNK):
                pass
        with tarfile.open(model) as archive:
            missing = NEEDED - set(archive.getnames())
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        return f"it cannot be unpacked ({type(error).__name__})"
    return f"it lacks {', '.join(sorted(missing))}" if missing else ""


MODELS = PROJECT / "models"


def newest_model(folder: Path | None = None) -> Path:
    """The newest intact model of a folder (`models/`). Damaged ones are skipped with a message.

    Raises:
        FileNotFoundError: when there is none.
        ModelError: when all are damaged.
    """
    folder = folder or MODELS
    found = models(folder)
    if not found:
        raise FileNotFoundError(f"There is no trained model in {folder}. Expected a .tar.gz file; run: make train")
    problems: list[str] = []
    for model in found:
        damage = damage_of(model)
        if not damage:
            for problem in problems:
                print(f"{problem}. Using {model.name}; to train a new one: make train", file=sys.stderr, flush=True)
            return model
        problems.append(f"The model {model} is damaged: {damage}")
    raise ModelError(f"{'. '.join(problems)}. Expected a model that `rasa train` has written; run: make train")


KEPT = 3
"""Models that stay, so that a change can be taken back."""
POINTER = "in-use"
"""File in the models' folder: the name of the model in use, below it the one before. Replaced in one step."""


def models(folder: Path | None = None) -> list[Path]:
    """All models of a folder (`models/`), newest first."""
    found = (folder or MODELS).glob("*.tar.gz")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def chosen(folder: Path | None = None) -> list[str]:
    """The names in the pointer file: the model in use, then the one before; empty when none was ever chosen."""
    try:
        return ((folder or MODELS) / POINTER).read_text(encoding="utf-8").split()[:2]
    except FileNotFoundError:
        return []


def choose(names: Sequence[str], folder: Path | None = None) -> None:
    """Writes the pointer file, in one step that a crash cannot halve."""
    place = (folder or MODELS) / POINTER
    draft = place.with_name(f".{POINTER}.{os.getpid()}")
    draft.write_text("".join(f"{name}\n" for name in names[:2]), encoding="utf-8")
    draft.chmod(0o644)  # a server of another user reads it, and it holds no secret
    draft.replace(place)


def model_in_use(folder: Path | None = None) -> Path:
    """The chosen model; the newest one where none is chosen, or the chosen one is gone or damaged (with a message).

    Raises:
        FileNotFoundError: when there is none.
        ModelError: when all are damaged.
    """
    folder = folder or MODELS
    for name in chosen(folder)[:1]:
        damage = damage_of(folder / name)
        if not damage:
            return folder / name
        print(f"The chosen model {name} cannot be used: {damage}. Taking the newest.", file=sys.stderr, flush=True)
    return newest_model(folder)


def after_training(before: Path | None, made: Path) -> None:
    """Chooses a new model, with `before` as the one to go back to, and deletes all but the last KEPT."""
    open_to_servers(made)
    choose([made.name, *([before.name] if before else [])], made.parent)
    keep_latest([made, *([before] if before else [])])


def open_to_servers(made: Path) -> None:
    """Lets other users read a new model: who trains (root, an image's build) need not be the user who serves."""
    made.parent.chmod(0o755)
    made.chmod(0o644)


def keep_latest(needed: Sequence[Path]) -> None:
    """Deletes all models of a folder but these and the latest intact ones, KEPT together."""
    folder = needed[0].parent
    kept = [*needed]
    kept += [path for path in models(folder) if path not in kept and not damage_of(path)]
    for path in models(folder):
        if path not in kept[: max(KEPT, len(needed))]:
            path.unlink()
