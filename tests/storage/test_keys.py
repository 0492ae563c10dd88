"""The installation's secrets: made once, kept for their owner only, and in the right order."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lamoon.errors import ConfigurationError, SettingsError
from lamoon.settings import load_settings
from lamoon.storage.encryption import Cipher
from lamoon.storage.keys import KEY_FILE, cipher_from, secret_key

KEY, OTHER = "k" * 32, "o" * 32


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = load_settings({"LAMOON_DATA": str(tmp_path / "new")})
    key = secret_key(settings)
    assert len(key) == 64
    assert secret_key(settings) == key
    path = tmp_path / "new" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == [KEY_FILE]


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    assert secret_key(load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_SECRET_KEY": KEY})) == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "short", "\xff" * 40])
def test_a_damaged_key_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content, encoding="latin-1")
    with pytest.raises(ConfigurationError, match="secret_key"):
        secret_key(load_settings({"LAMOON_DATA": str(tmp_path)}))


def test_without_encryption_keys_the_secret_key_encrypts(tmp_path: Path) -> None:
    settings = load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_SECRET_KEY": KEY})
    assert cipher_from(settings).names == Cipher([KEY]).names


def test_the_first_encryption_key_is_current_and_the_secret_key_still_reads(tmp_path: Path) -> None:
    before = {"LAMOON_DATA": str(tmp_path), "LAMOON_SECRET_KEY": KEY}
    sealed = cipher_from(load_settings(before)).seal("words", "place")
    now = cipher_from(load_settings(before | {"LAMOON_ENCRYPTION_KEYS": f" {OTHER} , {'n' * 40}"}))
    assert now.names == Cipher([OTHER, "n" * 40, KEY]).names
    assert now.open(sealed, "place") == "words"


@pytest.mark.parametrize(("keys", "problem"), [("short", "5 characters"), (f"{OTHER},short", "5 characters")])
def test_wrong_encryption_keys_are_refused_without_being_shown(tmp_path: Path, keys: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as caught:
        load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_ENCRYPTION_KEYS": keys})
    assert "LAMOON_ENCRYPTION_KEYS" in str(caught.value)
    assert OTHER not in str(caught.value)
