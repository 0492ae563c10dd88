"""Accounts of the desk, from the command line.

    lamoon staff list                       who has an account
    lamoon staff add Ann [--role owner]     create one, or change its password and role; no code of an app is asked for then
    lamoon staff deactivate Ann             close the account

The password is asked for twice on the terminal; from a pipe it is the first line. Exit codes: 0 done, 1 refused or the
database failed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from getpass import getpass

from lamoon.booking import BookingStore
from lamoon.data_folder import open_data_folder
from lamoon.desk.accounts.accounts import ROLES, SHORTEST_PASSWORD, AccountError, Accounts, Audit
from lamoon.errors import ConfigurationError, LamoonError
from lamoon.settings import load_settings
from lamoon.storage.keys import cipher_from

DONE, FAILED, WRONG = 0, 1, 2
CONSOLE = "(command line)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        open_data_folder(settings)
        with closing(BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))) as store:
            accounts, audit = Accounts(store.database), Audit(store.database)
            {"list": _list, "add": _add, "deactivate": _deactivate}[asked.command](asked, accounts, audit)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return WRONG
    except LamoonError as error:
        print(error, file=sys.stderr)
        return FAILED
    except (EOFError, KeyboardInterrupt):
        print("Nothing was changed.", file=sys.stderr)
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lamoon staff", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{list,add,deactivate}")
    commands.add_parser("list", help="who has an account")
    adding = commands.add_parser("add", help="make an account, or give it a new password and role")
    adding.add_argument("name")
    adding.add_argument("--role", choices=ROLES, help="an owner may also see and erase data (default: staff)")
    commands.add_parser("deactivate", help="close an account").add_argument("name")
    return parser


def _list(_: argparse.Namespace, accounts: Accounts, __: Audit) -> None:
    found = accounts.all()
    if not found:
        print('There are no accounts yet: make staff NAME="Ann" ROLE=owner')
    for account in found:
        seen = f"last seen {account.seen_at:%Y-%m-%d %H:%M} UTC" if account.seen_at else "not signed in"
        print(f"{account.name}  {account.role}  {seen if account.active else 'deactivated'}")


def _add(asked: argparse.Namespace, accounts: Accounts, audit: Audit) -> None:
    accounts.add(asked.name, _password(asked.name), asked.role)
    accounts.forget_second_factor(asked.name)
    account = next(account for account in accounts.all() if account.name == asked.name.strip())
    audit.note(CONSOLE, "account.add", account.name, role=account.role)
    print(f"{account.name} can sign in at /desk as {account.role}.")


def _deactivate(asked: argparse.Namespace, accounts: Accounts, audit: Audit) -> None:
    accounts.deactivate(asked.name)
    audit.note(CONSOLE, "account.deactivate", asked.name.strip())
    print(f"{asked.name.strip()} cannot sign in any more.")


def _password(name: str) -> str:
    """Typed twice without being shown. Raises AccountError when the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass(f"A password for {name} (at least {SHORTEST_PASSWORD} characters): ")
    if getpass("The same again: ") != password:
        raise AccountError("The two passwords differ. Nothing was changed.")
    return password


if __name__ == "__main__":
    sys.exit(main())
