"""The data folder (LAMOON_DATA), accessible to its owner only."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lamoon.errors import ConfigurationError

if TYPE_CHECKING:  # the launcher uses this module, and settings would double its size
    from lamoon.settings import Settings

log = logging.getLogger("lamoon.data_folder")

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close_new_files() -> None:
    """Make new files of this process and its children private."""
    os.umask(OTHERS)


def open_data_folder(settings: Settings) -> Path:
    """Create the folder and make existing and future files in it private.

    Every program calls it before it opens anything there. It sets the umask of the process, because libraries create
    files too: SQLite its logs, Rasa its tables. Permissions left open by an older version are removed.

    Raises:
        ConfigurationError: when the folder cannot be created.
    """
    close_new_files()
    folder = settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the folder cannot be made ({error.strerror})"
        expected = "a folder that this program may write to"
        raise ConfigurationError(str(folder), None, problem, expected, "LAMOON_DATA=var/") from None
    foreign = [path for path in _everything(folder) if not _close(path)]
    if foreign:
        log.warning(
            "%s and %d more in LAMOON_DATA belong to another user, so others may be able to read them: "
            "give them to the user who runs the assistant (chown)",
            foreign[0],
            len(foreign) - 1,
        )
    return folder


def _everything(folder: Path) -> Iterator[Path]:
    yield folder
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))


def _close(path: Path) -> bool:
    """Remove other users' permissions; False when the file is not ours. Symbolic links stay: they lead elsewhere."""
    with contextlib.suppress(FileNotFoundError):  # another process may have removed it meanwhile
        mode = path.lstat().st_mode
        if mode & OTHERS and not stat.S_ISLNK(mode):
            try:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)
            except PermissionError:
                return False
    return True
