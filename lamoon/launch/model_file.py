"""The trained model: which one is newest, and whether it is intact."""

from __future__ import annotations

import gzip
import sys
import tarfile
import zlib
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
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    if not models:
        raise FileNotFoundError(f"There is no trained model in {folder}. Expected a .tar.gz file; run: make train")
    problems: list[str] = []
    for model in models:
        damage = damage_of(model)
        if not damage:
            for problem in problems:
                print(f"{problem}. Using {model.name}; to train a new one: make train", file=sys.stderr, flush=True)
            return model
        problems.append(f"The model {model} is damaged: {damage}")
    raise ModelError(f"{'. '.join(problems)}. Expected a model that `rasa train` has written; run: make train")
