"""Settings: defaults, all mistakes reported together, secrets never shown, everything documented."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lamoon.checks import is_loopback
from lamoon.environment import Secret
from lamoon.errors import SettingsError
from lamoon.settings import NAMES, PROJECT, Settings, load_settings

DOCUMENT = PROJECT / "docs" / "settings.md"
MAIL = {"LAMOON_SMTP_HOST": "smtp.example.com", "LAMOON_SMTP_FROM": "assistant@example.com"}


def wrong(**env: str) -> list[str]:
    """The names of the settings that are reported wrong."""
    with pytest.raises(SettingsError) as caught:
        load_settings(env)
    return [problem.name for problem in caught.value.problems]


def test_defaults() -> None:
    settings = load_settings({})
    assert settings.data == PROJECT / "var"
    assert settings.database_url.reveal() == f"sqlite:///{PROJECT / 'var' / 'lamoon.db'}"
    assert settings.studio == PROJECT / "studio.yml"
    assert (settings.rasa_port, settings.actions_port) == (5005, 5055)
    assert (settings.smtp_host, settings.smtp_security, settings.smtp_port) == ("", "starttls", 587)
    assert settings.log_level == "INFO"


def test_empty_counts_as_not_set() -> None:
    assert load_settings(dict.fromkeys(NAMES, "")) == load_settings({}) == load_settings(dict.fromkeys(NAMES, "  "))


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LAMOON_RASA_PORT", "6005")
    assert load_settings().rasa_port == 6005


def test_the_database_is_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings({"LAMOON_DATA": str(tmp_path)})
    assert settings.database_url.reveal() == f"sqlite:///{tmp_path / 'lamoon.db'}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("sqlite:///var/x.db", f"sqlite:///{PROJECT}/var/x.db"), ("sqlite:////srv/x.db", "sqlite:////srv/x.db")],
)
def test_a_relative_sqlite_path_counts_from_the_project(given: str, expected: str) -> None:
    assert load_settings({"LAMOON_DATABASE_URL": given}).database_url.reveal() == expected


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("STARTTLS", 587), ("ssl", 465)])
def test_the_mail_port_follows_the_security(security: str, port: int) -> None:
    assert load_settings({"LAMOON_SMTP_SECURITY": security}).smtp_port == port


def test_every_mistake_is_told_at_once() -> None:
    env = {
        "LAMOON_RASA_PORT": "70000",
        "LAMOON_ACTIONS_PORT": "x",
        "LAMOON_SMTP_SECURITY": "tls",
        "LAMOON_SMTP_FROM": "nobody",
        "LAMOON_NOTIFY_EMAIL": "a@b",
        "LAMOON_LOG_LEVEL": "LOUD",
        "LAMOON_STUDIO": "/nowhere/studio.yml",
        "LAMOON_DATABASE_URL": "mysql://x/y",
        "LAMOON_SMTP_HOST": "smtp.example.com:25",
        "LAMOON_DATA": __file__,
    }
    with pytest.raises(SettingsError) as caught:
        load_settings(env)
    assert {problem.name for problem in caught.value.problems} == set(env)
    for problem in caught.value.problems:
        assert problem.expected
        assert problem.example.startswith(f"{problem.name}=")
        assert str(problem) in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "5005.0", "\u0665\u0660", "1e3", "9" * 5000])
def test_bad_ports(port: str) -> None:
    assert wrong(LAMOON_RASA_PORT=port) == ["LAMOON_RASA_PORT"]


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://x/y",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://127.0.0.1",
        "postgresql+asyncpg://h/d",
        "://",
    ],
)
def test_bad_databases(url: str) -> None:
    assert wrong(LAMOON_DATABASE_URL=url) == ["LAMOON_DATABASE_URL"]


def test_settings_that_do_not_go_together() -> None:
    assert wrong(LAMOON_RASA_PORT="5055") == ["LAMOON_ACTIONS_PORT"]
    assert wrong(LAMOON_SMTP_HOST="smtp.example.com") == ["LAMOON_SMTP_FROM"]
    assert wrong(**MAIL, LAMOON_SMTP_USER="me") == ["LAMOON_SMTP_PASSWORD"]
    assert wrong(**MAIL, LAMOON_SMTP_PASSWORD="pw") == ["LAMOON_SMTP_USER"]


def test_a_password_never_travels_readable() -> None:
    login = {"LAMOON_SMTP_USER": "me", "LAMOON_SMTP_PASSWORD": "pw", "LAMOON_SMTP_SECURITY": "none"}
    assert wrong(**MAIL, **login) == ["LAMOON_SMTP_SECURITY"]
    assert load_settings({**MAIL, **login, "LAMOON_SMTP_HOST": "127.0.0.1"}).smtp_user == "me"


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("10.0.0.1", False), ("localhost.x", False)],
)
def test_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("this user may write everywhere")
    tmp_path.chmod(0o500)
    assert wrong(LAMOON_DATA=str(tmp_path / "new")) == ["LAMOON_DATA"]


def test_secrets_do_not_show() -> None:
    env = {
        **MAIL,
        "LAMOON_SMTP_USER": "me",
        "LAMOON_SMTP_PASSWORD": "hush-1 ",
        "LAMOON_DATABASE_URL": "postgresql://u:hush-2@127.0.0.1/d",
    }
    settings = load_settings(env)
    assert settings.smtp_password.reveal() == "hush-1 "
    assert "hush" not in repr(settings) + str(settings) + f"{settings.smtp_password}"
    assert bool(settings.smtp_password)
    assert not Secret()
    with pytest.raises(SettingsError) as caught:
        load_settings({"LAMOON_DATABASE_URL": "oracle://u:hush-3@h/d", "LAMOON_SMTP_PASSWORD": "hush-4"})
    assert "hush" not in str(caught.value) + repr(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_settings({}).rasa_port = 1  # type: ignore[misc]


def undocumented(document: str) -> set[str]:
    """Settings without a row in the document, and rows without a setting."""
    rows = set(re.findall(r"^\| `(LAMOON_[A-Z_]+)` \|", document, re.MULTILINE))
    return rows ^ set(NAMES)


def test_every_setting_is_documented() -> None:
    assert undocumented(DOCUMENT.read_text(encoding="utf-8")) == set()


def test_the_documentation_check_can_fail() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert undocumented(text.replace("| `LAMOON_SMTP_PORT` |", "| port |")) == {"LAMOON_SMTP_PORT"}
    assert undocumented(text + "\n| `LAMOON_NEW` | x |") == {"LAMOON_NEW"}


def test_a_webhook_needs_its_secret_and_encryption() -> None:
    url, secret = {"LAMOON_WEBHOOK_URL": "https://example.com/hook"}, {"LAMOON_WEBHOOK_SECRET": "s" * 32}
    assert wrong(**url) == wrong(**secret) == ["LAMOON_WEBHOOK_SECRET"]
    assert wrong(LAMOON_WEBHOOK_SECRET="short", **url) == ["LAMOON_WEBHOOK_SECRET"] * 2
    assert wrong(LAMOON_WEBHOOK_URL="http://example.com/hook", **secret)[0] == "LAMOON_WEBHOOK_URL"
    assert load_settings({"LAMOON_WEBHOOK_URL": "http://127.0.0.1:9000/", **secret}).webhook_url


def test_documented_examples_are_right() -> None:
    examples = re.findall(r"`(LAMOON_[A-Z_]+)=([^`]+)`", DOCUMENT.read_text(encoding="utf-8"))
    with_others = ("LAMOON_STUDIO", "LAMOON_SMTP_HOST", "LAMOON_SMTP_USER", "LAMOON_WEBHOOK_URL")  # or a file
    assert len(examples) >= 10
    for name, value in examples:
        if name not in with_others:
            assert isinstance(load_settings({name: value}), Settings)


@examples(deadline=None)  # a busy machine is not an error
@given(st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(exclude_characters="\0"), max_size=40)))
def test_any_environment_gives_settings_or_a_settings_error(env: dict[str, str]) -> None:
    with contextlib.suppress(SettingsError):
        load_settings(env)
