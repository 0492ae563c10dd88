"""Accounts from the command line, in real processes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from web.serving import until

from lamoon.desk.accounts.accounts import Accounts, Audit
from lamoon.settings import PROJECT
from lamoon.storage.database import Database

PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(Database(f"sqlite:///{tmp_path / 'lamoon.db'}"))


def environment(folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    return clean | {"LAMOON_DATA": str(folder), "PYTHONPATH": str(PROJECT)}


def run(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The command with a pipe in front."""
    command = [sys.executable, "-m", "lamoon.desk", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=environment(folder), input=typed, capture_output=True, text=True, check=False
    )


def type_in(folder: Path, *passwords: str) -> str:
    """Makes an account at a terminal, where each question is answered; all that the terminal showed."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(PROJECT)
        words = [sys.executable, "-m", "lamoon.desk", "add", "Ann"]
        os.execve(sys.executable, words, environment(folder))
    shown = b""
    for password, question in zip(passwords, (b"A password for", b"The same again"), strict=True):
        while question not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, f"{password}\n".encode())
    until(lambda: os.waitpid(process, os.WNOHANG) != (0, 0), "the command to end")
    try:
        while chunk := os.read(terminal, 1000):
            shown += chunk
    except OSError:  # the terminal ends with the process
        pass
    return shown.decode()


def test_an_account_is_made_listed_and_closed(accounts: Accounts, tmp_path: Path) -> None:
    assert "There are no accounts yet" in run(tmp_path, "list").stdout
    assert run(tmp_path, "add", "Ann", "--role", "owner", typed=f"{PASSWORD}\n").returncode == 0
    assert accounts.sign_in("Ann", PASSWORD)
    assert "Ann  owner  last seen" in run(tmp_path, "list").stdout
    assert run(tmp_path, "deactivate", "Ann").returncode == 0
    assert accounts.sign_in("Ann", PASSWORD) is None
    assert "deactivated" in run(tmp_path, "list").stdout
    done = [entry.action for entry in Audit(Database(f"sqlite:///{tmp_path / 'lamoon.db'}")).latest()]
    assert done == ["account.deactivate", "account.add"]


def test_a_short_password_and_an_unknown_name_are_refused(accounts: Accounts, tmp_path: Path) -> None:
    short = run(tmp_path, "add", "Ann", typed="short\n")
    assert (short.returncode, "at least 12 characters" in short.stderr) == (1, True)
    assert run(tmp_path, "add", "Ann").returncode == 1  # nothing typed: there is no default
    unknown = run(tmp_path, "deactivate", "Bob")
    assert (unknown.returncode, "no account 'Bob'" in unknown.stderr) == (1, True)
    assert accounts.all() == []


def test_at_a_terminal_the_password_is_typed_twice_and_never_shown(accounts: Accounts, tmp_path: Path) -> None:
    shown = type_in(tmp_path, PASSWORD, PASSWORD)
    assert "Ann can sign in at /desk as staff" in shown
    assert PASSWORD not in shown
    assert accounts.sign_in("Ann", PASSWORD)


def test_two_different_passwords_change_nothing(accounts: Accounts, tmp_path: Path) -> None:
    assert "passwords differ" in type_in(tmp_path, PASSWORD, f"{PASSWORD}!")
    assert accounts.all() == []
