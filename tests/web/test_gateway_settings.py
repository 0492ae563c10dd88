"""The gateway's settings: what is wrong is told, with the setting's name."""

from __future__ import annotations

import pytest

from lamoon.errors import SettingsError
from lamoon.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_HOST", "example.com"), ("GATEWAY_HOST", "1.2.3"), ("GATEWAY_PORT", "0"), ("GATEWAY_PORT", "5005"),
        ("ALLOWED_ORIGINS", "*"), ("ALLOWED_ORIGINS", "https://*.example.com"), ("ALLOWED_ORIGINS", "example.com"),
        ("ALLOWED_ORIGINS", "https://example.com/page"), ("ALLOWED_ORIGINS", "null"), ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"), ("SECRET_KEY", "too short"), ("TOKEN_DAYS", "0"), ("TOKEN_DAYS", "1.5"),
        ("ANSWER_SECONDS", "0"), ("ANSWER_SECONDS", "1000"), ("MESSAGES_PER_MINUTE", "none"),
    ],
)  # fmt: skip
def test_a_wrong_one_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({f"LAMOON_{name}": value})
    assert [problem.name for problem in caught.value.problems] == [f"LAMOON_{name}"]


def test_a_key_is_not_shown_even_when_it_is_wrong() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"LAMOON_SECRET_KEY": "hush-hush"})
    assert "hush" not in str(caught.value)


def test_lists_are_read_part_by_part() -> None:
    settings = load_settings(
        {
            "LAMOON_ALLOWED_ORIGINS": "https://Example.com/, https://example.com,http://127.0.0.1:3000",
            "LAMOON_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,::1",
        }
    )
    assert settings.allowed_origins == ("https://example.com", "http://127.0.0.1:3000")
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1")
