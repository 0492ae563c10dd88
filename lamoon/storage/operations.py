"""Moves, backups and restores of the whole store, from the command line.

    lamoon migrate [--to ADDRESS]        move the SQLite data into an empty PostgreSQL database
    lamoon backup FILE [--with-keys]     write everything stored into a new file; the assistant may run
    lamoon restore FILE [--replace]      put a backup into the database of LAMOON_DATABASE_URL

`migrate` reads the SQLite database of LAMOON_DATABASE_URL and, without `--to`, writes the contents of LAMOON_DATA into
the PostgreSQL of LAMOON_DATABASE_URL, so that no password appears in the list of processes. `migrate` and `restore`
require that the assistant is stopped. A backup contains no keys unless requested. Each command does all or nothing.
docs/operations.md has the steps. A relative FILE is relative to the project's folder. Exit codes: 0 done, 1 refused or
failed, and nothing was changed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lamoon.errors import ConfigurationError, LamoonError
from lamoon.settings import Settings, load_settings
from lamoon.storage.archive import KeptTable
from lamoon.storage.backup import Store, back_up, restore
from lamoon.storage.database import Database
from lamoon.storage.keys import key_names
from lamoon.storage.move import Moved, move
from lamoon.storage.rotation import keys_in_use
from lamoon.storage.sides import Place, place_of

DONE, FAILED, WRONG = 0, 1, 2
NO_KEYS = (
    "Keys are not in it: keep LAMOON_ENCRYPTION_KEYS and LAMOON_SECRET_KEY, or the file secret_key of LAMOON_DATA, in "
    "another place. Without them requests and health forms cannot be read."
)
WITH_KEYS = (
    "The file secret_key of LAMOON_DATA is in it, the keys of settings are not: whoever has this file may be able to read "
    "requests and health forms."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        COMMANDS[asked.command](settings, asked)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return WRONG
    except LamoonError as error:
        print(f"{asked.command}: {error}", file=sys.stderr)
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lamoon", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{migrate,backup,restore}")
    moving = commands.add_parser("migrate", help="move the SQLite data into an empty PostgreSQL database")
    moving.add_argument("--to", metavar="ADDRESS", help="postgresql://..., by default LAMOON_DATABASE_URL")
    saving = commands.add_parser("backup", help="write everything stored into a new file")
    saving.add_argument("file", metavar="FILE", type=Path)
    saving.add_argument("--with-keys", action="store_true", help="the file secret_key of the data folder too")
    putting = commands.add_parser("restore", help="put a backup into the database")
    putting.add_argument("file", metavar="FILE", type=Path)
    putting.add_argument("--replace", action="store_true", help="in place of what is there, which is lost")
    return parser


def _migrate(settings: Settings, asked: argparse.Namespace) -> None:
    own = place_of(settings)
    source = own if own.file else place_of(settings, f"sqlite:///{settings.data / 'lamoon.db'}")
    target = _postgres(settings, asked.to or settings.database_url.reveal())
    print("table                       rows checksum             ->     rows checksum")
    move(source, target, _tell)
    print(
        "Moved. Set LAMOON_DATABASE_URL to the PostgreSQL database and start the assistant. "
        "The SQLite files are as they were: delete them once it runs, since no erasure reaches them."
    )


def _postgres(settings: Settings, address: str) -> Place:
    try:
        is_postgres = make_url(address).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        is_postgres = False
    if not is_postgres:
        expected = "the address of an empty PostgreSQL database, by --to or LAMOON_DATABASE_URL"
        example = "lamoon migrate --to postgresql://lamoon:password@127.0.0.1:5432/lamoon"
        raise ConfigurationError("--to", None, "no PostgreSQL database is named", expected, example)
    return place_of(settings, address)


def _backup(settings: Settings, asked: argparse.Namespace) -> None:
    print("table                       rows checksum")
    path = asked.file.resolve()
    store = Store(place_of(settings), settings.data)
    made = back_up(store, path, _tell_kept, with_keys=asked.with_keys)
    print(f"{path}: revision {made.revision}, {len(made.tables)} tables, {len(made.files)} files of the data folder.")
    print(WITH_KEYS if made.has_keys else NO_KEYS)


def _restore(settings: Settings, asked: argparse.Namespace) -> None:
    print("table                       rows checksum             ->     rows checksum")
    path = asked.file.resolve()
    made = restore(path, Store(place_of(settings), settings.data), _tell, replace=asked.replace)
    print(f"Restored what version {made.version} kept at {made.made_at}.")
    _tell_of_missing_keys(settings)


def _tell_of_missing_keys(settings: Settings) -> None:
    database = Database(settings.database_url.reveal())
    missing = keys_in_use(database).keys() - key_names(settings) - {"?"}
    database.close()
    if missing:
        print(
            f"The keys {', '.join(sorted(missing))} are missing, so some requests or health forms cannot be read: put them into "
            "LAMOON_ENCRYPTION_KEYS, or the file secret_key into LAMOON_DATA, before the start. See lamoon database keys.",
            file=sys.stderr,
        )


def _tell(moved: Moved) -> None:
    print(moved)


def _tell_kept(name: str, kept: KeptTable) -> None:
    print(f"{name:24} {kept.rows:8} {kept.sha256[:16]}")


COMMANDS = {"migrate": _migrate, "backup": _backup, "restore": _restore}


if __name__ == "__main__":
    sys.exit(main())
