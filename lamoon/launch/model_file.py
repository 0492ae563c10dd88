"""Whether a trained model can be used: found out before a server is started with it."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path

NEEDED = frozenset(("metadata.json", "components"))
"""What Rasa looks for in the archive."""
CHUNK = 1 << 20


def damage_of(model: Path) -> str:
    """What is wrong with a model archive, in a few words; "" when nothing is. Reads all of it, and so its checksum."""
    try:
        with gzip.open(model) as packed:
            while packed.read(CHUNK):
                pass
        with tarfile.open(model) as archive:
            missing = NEEDED - set(archive.getnames())
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        return f"it cannot be unpacked ({type(error).__name__})"
    return f"it lacks {', '.join(sorted(missing))}" if missing else ""
