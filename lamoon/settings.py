"""Every environment setting in one frozen object, checked once at start.

`load_settings()` reads the variables LAMOON_*, each explained in docs/settings.md. An empty variable counts as not set.
All mistakes are reported together (SettingsError). Relative paths count from the project's folder, not from the working
directory. Secrets do not appear in `repr`, messages or logs: only `Secret.reveal()` returns one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args

from lamoon.checks import (
    EMAIL_EXPECTED,
    PORT_EXPECTED,
    check_email,
    check_network,
    check_origin,
    check_port,
    check_private_url,
    check_secret_url,
    is_loopback,
)
from lamoon.environment import (
    PREFIX,
    SHORTEST_KEY,
    EnvironmentReader,
    Secret,
    check_address,
    check_database,
    check_file,
    check_folder,
    check_host,
    check_key,
    check_keys,
    many,
    one_of,
    sqlite_address,
    whole_number,
)
from lamoon.errors import SettingsError
from lamoon.project import PROJECT, VARIABLE

UNSET = Secret()
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Channel:
    """A channel: its title at the desk, and how long after a person's last message the platform accepts replies."""

    title: str
    window: timedelta | None = None


CHANNELS: Mapping[str, Channel] = {
    "telegram": Channel("Telegram"),
    "whatsapp": Channel("WhatsApp", window=DAY),
    "messenger": Channel("Messenger", window=DAY),
    "instagram": Channel("Instagram", window=DAY),
    "sms": Channel("Text message"),
    "twilio_whatsapp": Channel("WhatsApp by Twilio", window=DAY),
}


@dataclass(frozen=True)
class ChannelSettings:
    """All channel settings. Empty means not set; the addresses of platforms are set for tests only."""

    public_url: str = ""
    telegram_token: Secret = UNSET
    telegram_secret: Secret = UNSET
    telegram_api: str = "https://api.telegram.org"
    meta_app_secret: Secret = UNSET
    meta_verify_token: Secret = UNSET
    meta_api: str = "https://graph.facebook.com/v23.0"
    meta_human_agent: str = ""
    whatsapp_templates: str = ""
    twilio_whatsapp_templates: str = ""
    whatsapp_token: Secret = UNSET
    whatsapp_number_id: str = ""
    messenger_token: Secret = UNSET
    messenger_page_id: str = ""
    instagram_token: Secret = UNSET
    instagram_id: str = ""
    twilio_sid: str = ""
    twilio_token: Secret = UNSET
    twilio_from: str = ""
    twilio_whatsapp_from: str = ""
    twilio_api: str = "https://api.twilio.com"


def read_channel_settings(env: Mapping[str, str], prefix: str) -> ChannelSettings:
    """The channel settings in `env`; outer spaces are removed, and an empty variable counts as not set."""
    found: dict[str, str | Secret] = {}
    for field in fields(ChannelSettings):
        text = env.get(prefix + field.name.upper(), "").strip()
        if text:
            found[field.name] = Secret(text) if isinstance(field.default, Secret) else text
    return ChannelSettings(**found)  # type: ignore[arg-type]


Security = Literal["none", "starttls", "ssl"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["text", "json"]
SECURITIES: tuple[Security, ...] = get_args(Security)
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
DEFAULT_SECURITY: Security = "starttls"
DEFAULT_LOG_LEVEL: LogLevel = "INFO"
SMTP_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "ssl": 465}
DATABASE_EXPECTED = (
    "the address of a SQLite or PostgreSQL database",
    "postgresql://user:password@127.0.0.1:5432/lamoon",
)
KEY_EXAMPLE = "(what `openssl rand -hex 32` prints)"
KEYS_EXPECTED = (
    f"keys of at least {SHORTEST_KEY} random characters, the current one first, commas between",
    KEY_EXAMPLE,
)
ORIGINS_EXPECTED = (
    "web addresses of the pages that show the chat, without path, a comma between them",
    "https://www.example.com,https://example.com",
)
SERVERS_EXPECTED = ("addresses of Rasa servers, a comma between them", "http://rasa-1:5005,http://rasa-2:5005")
WEBHOOK_EXPECTED = ("a web address with https://, or one on this machine", "https://example.com/hook")
PROXIES_EXPECTED = ("addresses or networks of your own reverse proxies, a comma between them", "127.0.0.1,10.0.0.0/8")
CALENDAR_EXPECTED = (
    "the calendar's own address, with https:// in front",
    "https://dav.example.com/studio/appointments/",
)
PUSH_SERVICES = ("fcm.googleapis.com", "push.services.mozilla.com", "notify.windows.com", "web.push.apple.com")
PUSH_EXPECTED = ("names of push services, a comma between them", "fcm.googleapis.com,web.push.apple.com")
RATE_EXPECTED = ("whole messages from 1 to 100000", "30")


@dataclass(frozen=True)
class Settings:
    """All settings. A field `smtp_host` is the variable LAMOON_SMTP_HOST, those of `channels` likewise. Empty: not set."""

    data: Path
    database_url: Secret
    studio: Path
    rasa_port: int
    actions_port: int
    rasa_url: tuple[str, ...]
    actions_url: str
    internal_host: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: Secret
    smtp_security: Security
    smtp_from: str
    notify_email: str
    webhook_url: str
    webhook_secret: Secret
    caldav_url: str
    caldav_user: str
    caldav_password: Secret
    calendar_feed: Secret
    gateway_host: str
    gateway_port: int
    secret_key: Secret
    encryption_keys: Secret
    allowed_origins: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    token_days: int
    answer_seconds: int
    messages_per_minute: int
    most_pieces: int
    handover_minutes: int
    desk_idle_minutes: int
    push_services: tuple[str, ...]
    retention_days: int
    log_level: LogLevel
    log_format: LogFormat
    channels: ChannelSettings

    @property
    def rasa_addresses(self) -> tuple[str, ...]:
        """The Rasa servers, by default the one on this machine's loopback."""
        return self.rasa_url or (f"http://127.0.0.1:{self.rasa_port}",)

    @property
    def actions_address(self) -> str:
        """The action server, by default on this machine's loopback."""
        return self.actions_url or f"http://127.0.0.1:{self.actions_port}"


NAMES = (
    VARIABLE,
    *(
        PREFIX + field.name.upper()
        for field in (*fields(Settings), *fields(ChannelSettings))
        if field.name != "channels"
    ),
)
"""All variables."""
SECRET_NAMES = frozenset(
    PREFIX + field.name.upper() for field in (*fields(Settings), *fields(ChannelSettings)) if field.type == "Secret"
)
"""Variables that must not appear in logs, pages or config maps."""


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Load the settings of `env` (default: the process's environment). Raises SettingsError naming every wrong one."""
    read = EnvironmentReader(os.environ if env is None else env)
    data = read.value(
        "DATA", check_folder, PROJECT / "var", "a folder of its own that this program may write to", "var/"
    )
    security = read.value(
        "SMTP_SECURITY", one_of(SECURITIES), DEFAULT_SECURITY, f"one of {', '.join(SECURITIES)}", "starttls"
    )
    settings = Settings(
        data=data,
        database_url=read.secret(
            "DATABASE_URL", check_database, sqlite_address(data / "lamoon.db"), *DATABASE_EXPECTED
        ),
        studio=read.value("STUDIO", check_file, PROJECT / "studio.yml", "the place of studio.yml", "studio.yml"),
        rasa_port=read.value("RASA_PORT", check_port, 5005, *PORT_EXPECTED),
        actions_port=read.value("ACTIONS_PORT", check_port, 5055, *PORT_EXPECTED),
        rasa_url=read.value("RASA_URL", many(check_origin), (), *SERVERS_EXPECTED),
        actions_url=read.value("ACTIONS_URL", check_origin, "", "the action server's address", "http://actions:5055"),
        internal_host=read.value("INTERNAL_HOST", check_address, "127.0.0.1", "an address of this machine", "0.0.0.0"),  # noqa: S104  an example
        smtp_host=read.value("SMTP_HOST", check_host, "", "the mail server's name, without port", "smtp.example.com"),
        smtp_port=read.value("SMTP_PORT", check_port, SMTP_PORTS[security], *PORT_EXPECTED),
        smtp_user=read.value("SMTP_USER", str, "", "the user name at the mail server", "bookings@example.com"),
        smtp_password=read.secret("SMTP_PASSWORD", str, "", "the password at the mail server", "(kept secret)"),
        smtp_security=security,
        smtp_from=read.value("SMTP_FROM", check_email, "", *EMAIL_EXPECTED),
        notify_email=read.value("NOTIFY_EMAIL", check_email, "", *EMAIL_EXPECTED),
        webhook_url=read.value("WEBHOOK_URL", check_private_url, "", *WEBHOOK_EXPECTED),
        webhook_secret=read.secret(
            "WEBHOOK_SECRET", check_key, "", f"at least {SHORTEST_KEY} random characters", KEY_EXAMPLE
        ),
        caldav_url=read.value("CALDAV_URL", check_private_url, "", *CALENDAR_EXPECTED),
        caldav_user=read.value("CALDAV_USER", str, "", "the user name at the calendar server", "studio"),
        caldav_password=read.secret("CALDAV_PASSWORD", str, "", "the password there", "(kept secret)"),
        calendar_feed=read.secret("CALENDAR_FEED", check_secret_url, "", *CALENDAR_EXPECTED),
        gateway_host=read.value(
            "GATEWAY_HOST", check_address, "127.0.0.1", "an address of this machine", "192.168.1.20"
        ),
        gateway_port=read.value("GATEWAY_PORT", check_port, 8080, *PORT_EXPECTED),
        secret_key=read.secret("SECRET_KEY", check_key, "", f"at least {SHORTEST_KEY} random characters", KEY_EXAMPLE),
        encryption_keys=read.secret("ENCRYPTION_KEYS", check_keys, "", *KEYS_EXPECTED),
        allowed_origins=read.value("ALLOWED_ORIGINS", many(check_origin), (), *ORIGINS_EXPECTED),
        trusted_proxies=read.value("TRUSTED_PROXIES", many(check_network), (), *PROXIES_EXPECTED),
        token_days=read.value("TOKEN_DAYS", whole_number(1, 365), 30, "whole days from 1 to 365", "30"),
        answer_seconds=read.value("ANSWER_SECONDS", whole_number(1, 120), 25, "whole seconds from 1 to 120", "25"),
        messages_per_minute=read.value("MESSAGES_PER_MINUTE", whole_number(1, 100_000), 30, *RATE_EXPECTED),
        most_pieces=read.value("MOST_PIECES", whole_number(1, 15), 8, "whole messages from 1 to 15", "8"),
        handover_minutes=read.value(
            "HANDOVER_MINUTES", whole_number(1, 1440), 30, "whole minutes from 1 to 1440", "30"
        ),
        desk_idle_minutes=read.value(
            "DESK_IDLE_MINUTES", whole_number(5, 720), 30, "whole minutes from 5 to 720", "30"
        ),
        push_services=read.value("PUSH_SERVICES", many(check_host), PUSH_SERVICES, *PUSH_EXPECTED),
        retention_days=read.value("RETENTION_DAYS", whole_number(1, 3650), 365, "whole days from 1 to 3650", "365"),
        log_level=read.value(
            "LOG_LEVEL", one_of(LOG_LEVELS), DEFAULT_LOG_LEVEL, f"one of {', '.join(LOG_LEVELS)}", "INFO"
        ),
        log_format=read.value("LOG_FORMAT", one_of(LOG_FORMATS), "text", f"one of {', '.join(LOG_FORMATS)}", "json"),
        channels=read_channel_settings(read.env, PREFIX),
    )
    _check_together(settings, read)
    if read.problems:
        raise SettingsError(read.problems)
    return settings


def _check_together(settings: Settings, read: EnvironmentReader) -> None:
    """Check settings that are valid separately but not in combination."""
    if settings.rasa_port == settings.actions_port:
        problem = "Rasa and the action server cannot share a port"
        read.wrong("ACTIONS_PORT", str(settings.actions_port), problem, "two different ports", "5055")
    if settings.gateway_port in (settings.rasa_port, settings.actions_port):
        problem = "the gateway cannot share a port with Rasa or the action server"
        read.wrong("GATEWAY_PORT", str(settings.gateway_port), problem, "three different ports", "8080")
    if bool(settings.webhook_url) != bool(settings.webhook_secret):
        read.wrong("WEBHOOK_SECRET", "", "is needed with LAMOON_WEBHOOK_URL", "both or neither", KEY_EXAMPLE)
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
