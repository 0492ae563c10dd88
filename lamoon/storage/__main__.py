"""The revision of the database's tables, and the keys that encrypt some of its fields, from the command line.

    lamoon database current                the revision of the database, and the one that this version needs
    lamoon database upgrade [REVISION]     upgrade to the newest revision, or to this one; every start does so by itself
    lamoon database downgrade REVISION     downgrade, before an older version of the assistant is started
    lamoon database keys                   how many texts each key has encrypted; "current" encrypts new ones
    lamoon database rotate-keys            encrypt texts of older keys again with the current one
    lamoon database scrub                  remove deleted data from the database's files; locks one table at a time

Stop the assistant and make a backup before a downgrade. The files in lamoon/storage/migrations/versions describe each
revision, and what its downgrade loses. `rotate-keys` may run while the assistant does, and may be interrupted; it skips
texts that it cannot decrypt. Exit codes: 0 done, 1 refused or the database failed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.engine import Engine

from lamoon.errors import ConfigurationError, LamoonError
from lamoon.settings import load_settings
from lamoon.storage import schema
from lamoon.storage.database import READING, Database, open_engine, translating_errors
from lamoon.storage.encryption import Cipher
from lamoon.storage.keys import cipher_from
from lamoon.storage.rotation import keys_in_use, rotate
from lamoon.storage.scrub import scrub

DONE, FAILED, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        if asked.command in KEY_COMMANDS:
            return KEY_COMMANDS[asked.command](Database(settings.database_url.reveal()), cipher_from(settings))
        engine = open_engine(settings.database_url.reveal())
        with translating_errors(asked.command):
            print(_run(asked, engine))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return WRONG
    except LamoonError as error:
        print(error, file=sys.stderr)
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lamoon database", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="{current,upgrade,downgrade,keys,rotate-keys,scrub}"
    )
    commands.add_parser("current", help="which revision the database is at")
    up = commands.add_parser("upgrade", help="bring it up to the newest revision, or this one")
    up.add_argument("revision", metavar="REVISION", nargs="?")
    down = commands.add_parser("downgrade", help="bring it back to a revision")
    down.add_argument("revision", metavar="REVISION")
    commands.add_parser("keys", help="which keys have encrypted how much")
    commands.add_parser("rotate-keys", help="encrypt with the current key what an older one has encrypted")
    commands.add_parser("scrub", help="take what was deleted out of the database's files")
    return parser


def _run(asked: argparse.Namespace, engine: Engine) -> str:
    if asked.command == "current":
        with engine.connect().execution_options(**{READING: True}) as connection:
            return f"{schema.stored_revision(connection) or 'none'} (newest: {schema.revisions()[-1]})"
    if asked.command == "scrub":
        left = scrub(engine)
        return f"done, but this role may not: {'; '.join(left)}. Run it as the server's operator" if left else "done"
    if asked.command == "upgrade":
        before, after = schema.upgrade(engine, asked.revision)
    else:
        before, after = schema.downgrade(engine, asked.revision)
    return f"{before or 'none'} -> {after}"


def _keys(database: Database, cipher: Cipher) -> int:
    used = keys_in_use(database)
    for name in dict.fromkeys((cipher.current, *used)):
        what = "current" if name == cipher.current else "set" if name in cipher.names else "MISSING"
        print(f"{name}  {what:7}  {used[name]} encrypted")
    return DONE if used.keys() <= set(cipher.names) else FAILED


def _rotate(database: Database, cipher: Cipher) -> int:
    result = rotate(database, cipher)
    print(f"{result.renewed} encrypted again with the key {cipher.current}")
    for problem, count in result.unreadable.items():
        print(f"{count} left as they were: {problem}", file=sys.stderr)
    return FAILED if result.unreadable else DONE


KEY_COMMANDS = {"keys": _keys, "rotate-keys": _rotate}


if __name__ == "__main__":
    sys.exit(main())
