"""Environment variables: secrets that are never shown, checks of single values, and all errors reported together."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from lamoon.checks import parse_int
from lamoon.errors import SettingProblem
from lamoon.project import PROJECT

PREFIX = "LAMOON_"
SHORTEST_KEY = 32
Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)


class Secret:
    """Text that must never be shown. Empty means not set."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one place that uses it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret()"


class EnvironmentReader:
    """Read variables one by one and collect the problems, to report all at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[SettingProblem] = []

    def value(self, name: str, check: Callable[[str], Value], default: Value, expected: str, example: str) -> Value:
        """Return the result of `check` on LAMOON_<name>; `default` if it is not set, or invalid (recorded)."""
        text = self.env.get(PREFIX + name, "").strip()
        try:
            return check(text) if text else default
        except ValueError as error:
            self.wrong(name, text, str(error), expected, example)
            return default

    def secret(self, name: str, check: Callable[[str], str], default: str, expected: str, example: str) -> Secret:
        """Return a secret, like `value`: errors are reported without the value, and outer spaces are kept."""
        text = self.env.get(PREFIX + name, "")
        try:
            return Secret(check(text) if text.strip() else default)
        except ValueError as error:
            self.wrong(name, "not shown, it may hold a password", str(error), expected, example)
            return Secret()

    def wrong(self, name: str, value: str, problem: str, expected: str, example: str) -> None:
        """Record a problem with LAMOON_<name>."""
        self.problems.append(SettingProblem(PREFIX + name, value, problem, expected, f"{PREFIX}{name}={example}"))


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("is not a path")
    try:
        return PROJECT / Path(text).expanduser()
    except RuntimeError:
        raise ValueError("names a home folder that is not there") from None


def check_folder(text: str) -> Path:
    """Return the folder, which need not exist yet; its nearest existing parent must be a writable folder."""
    path = nearest = _path(text)
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise ValueError(f"{nearest} is not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ValueError(f"{nearest} cannot be written to")
    # Other users will lose access to everything in it.
    if PROJECT.is_relative_to(path.resolve()) or (path.is_dir() and path.stat().st_mode & stat.S_ISVTX):
        raise ValueError("holds other things too")
    return path


def check_file(text: str) -> Path:
    """Return the file, which has to exist."""
    path = _path(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def check_host(text: str) -> str:
    """Return the name of a server, without port."""
    if any(sign.isspace() or sign in "/@\0" for sign in text) or (":" in text and text.count(":") < 2):
        raise ValueError("is not the name of a server")
    return text


def check_address(text: str) -> str:
    """Return an IP address, or `localhost`."""
    if text != "localhost":
        try:
            ip_address(text)
        except ValueError:
            raise ValueError("is not an IP address") from None
    return text


def check_key(text: str) -> str:
    """Return a key that cannot be guessed."""
    key = text.strip()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"has only {len(key)} characters, which can be guessed")
    return key


def check_keys(text: str) -> str:
    """Return comma-separated keys."""
    return ",".join(many(check_key)(text))


def many(check: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """Return a check of a comma-separated list, each part by `check`."""
    return lambda text: tuple(dict.fromkeys(check(part.strip()) for part in text.split(",") if part.strip()))


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a check of an integer between two inclusive bounds."""

    def check(text: str) -> int:
        number = parse_int(text, least, most)
        if number is None:
            raise ValueError("is not such a number")
        return number

    return check


def check_database(text: str) -> str:
    """Return the URL if SQLAlchemy parses it and the engine is supported."""
    try:
        url = make_url(text.strip())
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError("is not a database address") from None
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(f"is of the kind '{kind}', which is not supported")
    if url.get_driver_name() not in ("pysqlite", "psycopg2"):
        raise ValueError("names a driver that is not installed; leave the part after + out")
    if kind == "postgresql" and not url.database:
        raise ValueError("does not name a database")
    if kind == "sqlite" and (not url.database or "memory" in url.database):
        raise ValueError("is a database in memory, which would lose requests")
    return sqlite_address(PROJECT / url.database) if kind == "sqlite" else text.strip()


def sqlite_address(path: Path) -> str:
    """Return the address of a SQLite file."""
    return str(URL.create("sqlite", database=str(path)))


def one_of(choices: tuple[Choice, ...]) -> Callable[[str], Choice]:
    """Return a check that accepts one of `choices`, in any case."""

    def check(text: str) -> Choice:
        for choice in choices:
            if choice.lower() == text.lower():
                return choice
        raise ValueError("is not one of the choices")

    return check
