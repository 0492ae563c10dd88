"""Every environment setting in one frozen object, checked once at start.

`load_settings()` reads the variables LAMOON_*, each explained in docs/settings.md. A variable that is empty counts as
not set. All mistakes are reported together (SettingsError). Relative paths count from the project's folder, wherever
a program is started. Secrets do not show in `repr`, in messages or in logs: `Secret.reveal()` is the only way to one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, TypeVar, get_args

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from lamoon.checks import EMAIL_EXPECTED, PORT_EXPECTED, check_email, check_port
from lamoon.errors import SettingProblem, SettingsError

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "LAMOON_"
Security = Literal["none", "starttls", "ssl"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
SECURITIES: tuple[Security, ...] = get_args(Security)
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
DEFAULT_SECURITY: Security = "starttls"
DEFAULT_LOG_LEVEL: LogLevel = "INFO"
SMTP_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "ssl": 465}
DATABASE_EXPECTED = (
    "the address of a SQLite or PostgreSQL database",
    "postgresql://user:password@127.0.0.1:5432/lamoon",
)
Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)


class Secret:
    """Text that must not be shown. Empty means not set."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that uses it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret()"


@dataclass(frozen=True)
class Settings:
    """All settings. A field `smtp_host` is the variable LAMOON_SMTP_HOST. Empty text means not set."""

    data: Path
    database_url: Secret
    studio: Path
    rasa_port: int
    actions_port: int
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: Secret
    smtp_security: Security
    smtp_from: str
    notify_email: str
    log_level: LogLevel


NAMES = tuple(PREFIX + field.name.upper() for field in fields(Settings))
"""Every variable that `load_settings` reads."""


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings of `env` (default: the process's environment). Raises SettingsError naming every wrong one."""
    read = _Reader(os.environ if env is None else env)
    data = read.value("DATA", _folder, PROJECT / "var", "a folder that this program may write to", "var/")
    security = read.value(
        "SMTP_SECURITY", _one_of(SECURITIES), DEFAULT_SECURITY, f"one of {', '.join(SECURITIES)}", "starttls"
    )
    settings = Settings(
        data=data,
        database_url=read.secret("DATABASE_URL", _database, _sqlite(data / "lamoon.db"), *DATABASE_EXPECTED),
        studio=read.value("STUDIO", _file, PROJECT / "studio.yml", "the place of studio.yml", "studio.yml"),
        rasa_port=read.value("RASA_PORT", check_port, 5005, *PORT_EXPECTED),
        actions_port=read.value("ACTIONS_PORT", check_port, 5055, *PORT_EXPECTED),
        smtp_host=read.value("SMTP_HOST", _host, "", "the mail server's name, without port", "smtp.example.com"),
        smtp_port=read.value("SMTP_PORT", check_port, SMTP_PORTS[security], *PORT_EXPECTED),
        smtp_user=read.value("SMTP_USER", str, "", "the user name at the mail server", "bookings@example.com"),
        smtp_password=read.secret("SMTP_PASSWORD", str, "", "the password at the mail server", "(kept secret)"),
        smtp_security=security,
        smtp_from=read.value("SMTP_FROM", check_email, "", *EMAIL_EXPECTED),
        notify_email=read.value("NOTIFY_EMAIL", check_email, "", *EMAIL_EXPECTED),
        log_level=read.value(
            "LOG_LEVEL", _one_of(LOG_LEVELS), DEFAULT_LOG_LEVEL, f"one of {', '.join(LOG_LEVELS)}", "INFO"
        ),
    )
    _check_together(settings, read)
    if read.problems:
        raise SettingsError(read.problems)
    return settings


class _Reader:
    """Reads variables one by one and collects what is wrong, so that all of it can be said at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[SettingProblem] = []

    def value(self, name: str, check: Callable[[str], Value], default: Value, expected: str, example: str) -> Value:
        """What `check` makes of LAMOON_<name>; `default` when it is not set, or when it is wrong (noted)."""
        text = self.env.get(PREFIX + name, "").strip()
        try:
            return check(text) if text else default
        except ValueError as error:
            self.wrong(name, text, str(error), expected, example)
            return default

    def secret(self, name: str, check: Callable[[str], str], default: str, expected: str, example: str) -> Secret:
        """Like `value`, for what must not be shown: the problem is told without the value. Spaces around are kept."""
        text = self.env.get(PREFIX + name, "")
        try:
            return Secret(check(text) if text.strip() else default)
        except ValueError as error:
            self.wrong(name, "not shown, it may hold a password", str(error), expected, example)
            return Secret()

    def wrong(self, name: str, value: str, problem: str, expected: str, example: str) -> None:
        """Notes a problem with LAMOON_<name>."""
        self.problems.append(SettingProblem(PREFIX + name, value, problem, expected, f"{PREFIX}{name}={example}"))


def _check_together(settings: Settings, read: _Reader) -> None:
    """Settings that are right one by one and wrong together."""
    if settings.rasa_port == settings.actions_port:
        problem = "Rasa and the action server cannot share a port"
        read.wrong("ACTIONS_PORT", str(settings.actions_port), problem, "two different ports", "5055")
    if settings.smtp_host and not settings.smtp_from:
        read.wrong("SMTP_FROM", "", "is needed with LAMOON_SMTP_HOST", "the sender's e-mail address", EMAIL_EXPECTED[1])
    if settings.smtp_user and not settings.smtp_password:
        read.wrong("SMTP_PASSWORD", "", "is needed with LAMOON_SMTP_USER", "both or neither", "(kept secret)")
    if settings.smtp_password and not settings.smtp_user:
        read.wrong("SMTP_USER", "", "is needed with LAMOON_SMTP_PASSWORD", "both or neither", "bookings@example.com")
    if settings.smtp_user and settings.smtp_security == "none" and not is_loopback(settings.smtp_host):
        problem = "the password would travel readable for everyone on the way"
        read.wrong(
            "SMTP_SECURITY", "none", problem, "starttls or ssl when the mail server asks for a password", "starttls"
        )


def is_loopback(host: str) -> bool:
    """Whether `host` is this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("is not a path")
    try:
        return PROJECT / Path(text).expanduser()
    except RuntimeError:
        raise ValueError("names a home folder that is not there") from None


def _folder(text: str) -> Path:
    """The folder, which need not exist yet; its nearest parent that does must be a writable folder."""
    path = nearest = _path(text)
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise ValueError(f"{nearest} is not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ValueError(f"{nearest} cannot be written to")
    return path


def _file(text: str) -> Path:
    path = _path(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _host(text: str) -> str:
    if any(sign.isspace() or sign in "/@\0" for sign in text) or (":" in text and text.count(":") < 2):
        raise ValueError("is not the name of a server")
    return text


def _database(text: str) -> str:
    """The address, when SQLAlchemy understands it and it is of a kind that the store was tried with."""
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
    return _sqlite(PROJECT / url.database) if kind == "sqlite" else text.strip()


def _sqlite(path: Path) -> str:
    return str(URL.create("sqlite", database=str(path)))


def _one_of(choices: tuple[Choice, ...]) -> Callable[[str], Choice]:
    """A check that finds its text among `choices`, capitals or not."""

    def check(text: str) -> Choice:
        for choice in choices:
            if choice.lower() == text.lower():
                return choice
        raise ValueError("is not one of the choices")

    return check
