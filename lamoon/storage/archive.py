"""The backup file: a zip with a member for each table and file, and a manifest with their checksums.

    tables/NAME.jsonl   a table's rows, one per line, independent of the engine
    files/PATH          a file of the data folder
    manifest.json       version, revision, time; of each table its columns, rows, last id and checksum

The zip's comment is the manifest's checksum. A file is written next to its destination and renamed once it is complete
and on disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from lamoon.storage.sides import TransferError
from lamoon.storage.transfer import Row, Sum, Summing, line_of

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
COMMENT: Final = "lamoon backup, sha256 of the manifest: "
CHUNK: Final = 1 << 20
DAMAGES: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, NotImplementedError)


@dataclass(frozen=True)
class KeptTable:
    """A table in a backup. `last` is the highest id ever assigned; None if ids are not assigned automatically."""

    columns: list[str]
    rows: int
    sha256: str
    last: int | None

    @property
    def sum(self) -> Sum:
        """The checksum of its rows."""
        return Sum(self.rows, self.sha256)


@dataclass(frozen=True)
class Manifest:
    """The contents of a backup. `tables` by name, referenced ones first; `files` with their checksums."""

    version: str
    revision: str
    engine: str
    made_at: str
    has_keys: bool
    tables: dict[str, KeptTable] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """A backup being written. Fills the given manifest."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self._packed, self._manifest = packed, manifest

    def add_table(self, name: str, columns: list[str], rows: Iterable[Row], last: int | None) -> KeptTable:
        """Write a table's rows."""
        summing = Summing(rows)
        with self._packed.open(_table(name), "w", force_zip64=True) as member:
            for row in summing:
                member.write(line_of(row))
        kept = self._manifest.tables[name] = KeptTable(columns, summing.sum.rows, summing.sum.sha256, last)
        return kept

    def add_file(self, name: str, path: Path) -> None:
        """Write a file of the data folder."""
        content = path.read_bytes()
        self._packed.writestr(_file(name), content)
        self._manifest.files[name] = hashlib.sha256(content).hexdigest()

    def finish(self) -> None:
        """Write the manifest."""
        text = json.dumps(asdict(self._manifest), indent=1).encode()
        self._packed.writestr(MANIFEST, text)
        self._packed.comment = f"{COMMENT}{hashlib.sha256(text).hexdigest()}".encode()


@contextmanager
def new_archive(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """Create a backup file readable by its owner only; it exists once the block has ended, and not at all if it raises.

    Raises:
        TransferError: when the file exists or cannot be written.
    """
    if path.exists():
        raise TransferError(f"{path} exists: expected the name of a new file. Choose another one or move that away")
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.unlink(missing_ok=True)  # left by a killed backup
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                writer = Writer(packed, manifest)
                yield writer
                writer.finish()
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        problem = f"{path} cannot be written ({error.strerror or type(error).__name__})"
        raise TransferError(
            f"{problem}: expected a folder with enough space. Free some or choose another one"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


class Archive:
    """A backup file with verified checksums."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self._packed = packed
        self.manifest = manifest

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table."""
        with self._packed.open(_table(table)) as member:
            for line in member:
                yield json.loads(line)

    def content(self, file: str) -> bytes:
        """Return a file of the data folder."""
        return self._packed.read(_file(file))


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup and read all of it once.

    Raises:
        TransferError: when it is damaged, not a backup, or of a format that this version does not know.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise TransferError(
            f"{path} cannot be read ({error.strerror}): expected a file that lamoon backup has written"
        ) from None
    with file:
        archive = _checking(path, lambda: _verified(file))
        if archive.manifest.format != FORMAT:
            raise TransferError(
                f"{path} has the format {archive.manifest.format}: expected {FORMAT}. Restore it with the version of the "
                f"assistant that made it ({archive.manifest.version}) or a later one"
            )
        yield archive


def _checking(path: Path, work: Callable[[], Archive]) -> Archive:
    try:
        return work()
    except (*DAMAGES, OSError) as error:
        raise TransferError(
            f"{path} is damaged or no backup ({type(error).__name__}): expected a file that lamoon backup has written, "
            "with the checksums of its manifest. Nothing was written; take another backup"
        ) from None


def _verified(file: IO[bytes]) -> Archive:
    packed = zipfile.ZipFile(file)
    text = packed.read(MANIFEST)
    if packed.comment.decode() != f"{COMMENT}{hashlib.sha256(text).hexdigest()}":
        raise ValueError("the manifest")
    manifest = _manifest(json.loads(text))
    if manifest.format != FORMAT:
        return Archive(packed, manifest)
    sums = {_table(name): kept.sha256 for name, kept in manifest.tables.items()}
    sums |= {_file(name): checksum for name, checksum in manifest.files.items()}
    if sorted(packed.namelist()) != sorted([*sums, MANIFEST]):
        raise ValueError("the members")
    for name, checksum in sums.items():
        if _checksum(packed, name) != checksum:
            raise ValueError("a member")
    return Archive(packed, manifest)


def _manifest(found: Mapping[str, Any]) -> Manifest:
    if found["format"] != FORMAT:  # other members may have other names
        return Manifest(str(found["version"]), "", "", "", has_keys=False, format=found["format"])
    tables = {name: KeptTable(**kept) for name, kept in found["tables"].items()}
    for name in found["files"]:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError("a path")
    return Manifest(**{**found, "tables": tables})


def _checksum(packed: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with packed.open(name) as member:
        while chunk := member.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _table(name: str) -> str:
    return f"tables/{name}.jsonl"


def _file(name: str) -> str:
    return f"files/{name}"


def _sync_folder(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
