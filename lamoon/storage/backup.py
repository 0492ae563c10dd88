"""Backup of a whole store into one file, and restore into SQLite or PostgreSQL, whichever it came from.

A backup may be made while the assistant runs; a restore requires that it is stopped. An older revision is restored as
it was and then brought up to the newest, in the same transaction.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Table

from lamoon import __version__
from lamoon.storage import schema
from lamoon.storage.archive import Archive, KeptTable, Manifest, new_archive, open_archive
from lamoon.storage.keys import KEY_FILE
from lamoon.storage.move import Moved, check_arrived
from lamoon.storage.sides import Place, Side, TransferError, copied, reading, writing
from lamoon.storage.time import isoformat_utc, now
from lamoon.storage.transfer import columns_of, go_on_after, last_id, rows_of, sum_of, write_rows

FOLDERS: Final = ("scenarios", "learned")
"""Files of the data folder in a backup: the desk's saved tests and pending training phrases. Everything else can be
recreated, or is a key.
"""
WORKING: Final = "backup.part"
"""Folder in the data folder for the copy of SQLite's files; the next backup removes leftovers of a killed one."""


@dataclass(frozen=True)
class Store:
    """The source of a backup: the database, and the folder with the files."""

    place: Place
    data: Path


def back_up(store: Store, path: Path, tell: Callable[[str, KeptTable], None], *, with_keys: bool = False) -> Manifest:
    """Write the store as it is at one moment into a new file. `tell` is called for each table.

    Raises:
        TransferError: when the file exists or cannot be written.
        StoreError: when the database fails, or its revision is unknown. No file is written then.
    """
    with _standing_still(store) as side:
        revision = schema.checked_revision(side.connection)
        if revision is None:
            raise TransferError(
                f"the {store.place.name} has no revision: expected the database of an assistant. Run `lamoon database "
                "upgrade`, then this again"
            )
        engine = "sqlite" if side.is_sqlite else "postgresql"
        manifest = Manifest(__version__, revision, engine, isoformat_utc(now()), with_keys)
        with new_archive(path, manifest) as writer:
            for name, table in side.tables().items():
                rows = rows_of(side, table)
                tell(name, writer.add_table(name, columns_of(table), rows, last_id(side, table)))
            for name, file in _files(store.data, with_keys=with_keys).items():
                writer.add_file(name, file)
    return manifest


def restore(path: Path, store: Store, tell: Callable[[Moved], None], *, replace: bool = False) -> Manifest:
    """Restore a backup into an empty store, or with `replace` over the present contents. `tell` is called for each
    table.

    Raises:
        InUseError: when processes use the store.
        TransferError: when the file is damaged or of a newer version, the store is not empty, or a table was not
        restored intact. Nothing is changed then. StoreError: when the database fails. Nothing is changed then.
    """
    with open_archive(path) as archive:
        manifest = archive.manifest
        if manifest.revision not in schema.revisions():
            raise TransferError(
                f"{path} is at revision {manifest.revision} and was made by version {manifest.version}: expected one up "
                f"to {schema.revisions()[-1]}. Restore it with that version of the assistant; nothing was written"
            )
        _check_files(archive, store.data, replace=replace)
        with writing(store.place) as side:
            if not replace:
                side.check_empty(store.place, "To lose what is in it, add --replace")
            side.recreate(manifest.revision)
            _fill(side, archive, tell)
            schema.upgrade_within(side.connection, schema.revisions()[-1])
            _write_files(archive, store.data)
    return manifest


def _fill(side: Side, archive: Archive, tell: Callable[[Moved], None]) -> None:
    there = side.tables()
    different = []
    for name, kept in archive.manifest.tables.items():
        table = _same(there, name, kept)
        write_rows(side, table, archive.rows(name))
        go_on_after(side, table, kept.last or 0)
        moved = Moved(name, kept.sum, sum_of(side, table))
        tell(moved)
        if moved.sent != moved.arrived:
            different.append(name)
    check_arrived(different)


def _same(there: Mapping[str, Table], name: str, kept: KeptTable) -> Table:
    if name not in there or columns_of(there[name]) != kept.columns:
        raise TransferError(
            f"the backup's columns of {name} are not those of its revision: expected a backup of a database that only the "
            "assistant has changed. Nothing was written; restore it with the version that made it"
        )
    return there[name]


@contextmanager
def _standing_still(store: Store) -> Iterator[Side]:
    """Open a snapshot of the store while others continue."""
    if not store.place.file:
        with reading(store.place) as side:
            yield side
        return
    with _working_folder(store) as folder, copied(store.place, folder) as place, reading(place) as side:
        yield side


@contextmanager
def _working_folder(store: Store) -> Iterator[Path]:
    folder = store.data / WORKING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TransferError(
                f"another backup is being made in {folder}: wait for its end, then run this again"
            ) from None
        for left in folder.iterdir():
            left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
    finally:
        os.close(place)


def _files(data: Path, *, with_keys: bool) -> dict[str, Path]:
    found = [path for folder in FOLDERS for path in sorted((data / folder).rglob("*")) if path.is_file()]
    if with_keys and (data / KEY_FILE).is_file():
        found.append(data / KEY_FILE)
    return {path.relative_to(data).as_posix(): path for path in found}


def _check_files(archive: Archive, data: Path, *, replace: bool) -> None:
    for name in archive.manifest.files:
        path = data / name
        if not replace and path.exists() and path.read_bytes() != archive.content(name):
            raise TransferError(
                f"{path} exists and is not as in the backup: expected a data folder without it. Move it away, or add "
                "--replace; nothing was written"
            )


def _write_files(archive: Archive, data: Path) -> None:
    for name in archive.manifest.files:
        path = data / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.part")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_bytes(archive.content(name))
            draft.replace(path)
        except OSError as error:
            raise TransferError(
                f"{path} cannot be written ({error.strerror}): expected a data folder with enough space. Free some, then "
                "run this again; the database is as it was"
            ) from None
