"""`make channel-check`: every configured platform is asked, and one that fails ends it with 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.simulator.meta import WhatsApp
from channels.simulator.telegram import Telegram
from lamoon.channels.__main__ import FAILED, NONE, WORK, WRONG, main
from lamoon.settings import NAMES


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment in which no channel is configured."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LAMOON_DATA", str(tmp_path))
    return monkeypatch


@pytest.fixture
def platforms(variables: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Telegram and WhatsApp are configured and work."""
    telegram, whatsapp = Telegram(), WhatsApp()
    with telegram.serving, whatsapp.serving:
        for name, text in (telegram.variables() | whatsapp.variables()).items():
            variables.setenv(name, text)
        yield variables


def test_where_all_work_each_is_named(platforms: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == WORK
    told = capsys.readouterr().out
    assert "works  telegram: The bot @studio_bot works" in told
    assert "works  whatsapp: WhatsApp answers as +1 212-555-0147." in told
    assert "meta delivers to https://chat.example.com/webhooks/meta" in told


def test_a_wrong_token_and_a_missing_one_fail(
    platforms: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    platforms.setenv("LAMOON_WHATSAPP_TOKEN", "an-old-token")
    platforms.setenv("LAMOON_MESSENGER_PAGE_ID", "1234")
    assert main(["check"]) == FAILED
    told = capsys.readouterr().out
    assert "works  telegram" in told
    assert "FAILS  whatsapp: the access token is not accepted" in told
    assert "FAILS  messenger: LAMOON_MESSENGER_TOKEN is missing" in told
    assert "an-old-token" not in told


def test_without_channels_there_is_nothing_to_check(
    variables: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == WORK
    assert capsys.readouterr().out.strip() == NONE


def test_a_broken_setting_is_reported_first(variables: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    variables.setenv("LAMOON_GATEWAY_PORT", "many")
    assert main(["check"]) == WRONG
    assert "LAMOON_GATEWAY_PORT" in capsys.readouterr().err
