"""What is Telegram's own: private chats only, and what a wrong setting is told as."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from web.fixtures import settings_in
from web.serving import Serving

from channels.conftest import Line
from channels.simulator.meta import WhatsApp
from channels.simulator.telegram import Telegram
from lamoon.channels.setup import Channels, build_channels
from lamoon.settings import read_channel_settings
from lamoon.web.app import make_app

on_telegram = pytest.mark.parametrize("platform", ["telegram"], indirect=True)
GROUP = {"id": -500, "type": "group"}
WRONG = [
    ("LAMOON_TELEGRAM_TOKEN", ""),
    ("LAMOON_TELEGRAM_TOKEN", "the token"),
    ("LAMOON_TELEGRAM_SECRET", ""),
    ("LAMOON_TELEGRAM_SECRET", "too-short"),
    ("LAMOON_TELEGRAM_SECRET", "not ! these signs at all"),
    ("LAMOON_TELEGRAM_API", "http://api.example.com"),
]


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[WhatsApp]:
    """Another platform, which works."""
    platform = WhatsApp()
    with platform.serving:
        yield platform


def built(**changes: str) -> Channels:
    return build_channels(read_channel_settings(Telegram().variables() | changes, "LAMOON_"))


@pytest.mark.parametrize(("variable", "text"), WRONG)
def test_a_wrong_setting_stops_telegram_and_is_named(variable: str, text: str) -> None:
    channels = built(**{variable: text})
    assert (channels.hosts, channels.adapters) == ({}, {})
    assert variable in channels.problems["telegram"]
    assert not text or variable == "LAMOON_TELEGRAM_API" or text not in channels.problems["telegram"]


def test_health_tells_of_a_wrong_setting_and_the_other_channels_work(whatsapp: WhatsApp, tmp_path: Path) -> None:
    variables = Telegram().variables() | whatsapp.variables() | {"LAMOON_TELEGRAM_SECRET": "too-short"}
    with Serving(make_app(settings_in(tmp_path, 1, **variables))) as serving:
        told = httpx.get(f"{serving.url}/health", trust_env=False, timeout=30).json()["channels"]
        heard = httpx.post(f"{serving.url}/webhooks/telegram", json={}, trust_env=False)
    assert told["telegram"].startswith("LAMOON_TELEGRAM_SECRET is missing")
    assert told["whatsapp"] == "ok"
    assert heard.status_code == 404


@on_telegram
def test_a_group_is_neither_answered_nor_kept(line: Line) -> None:
    telegram = line.simulator
    assert isinstance(telegram, Telegram)
    address = telegram.address(1)
    pressed = telegram.press(address, ("Yes", "1.0"))
    pressed["callback_query"]["message"]["chat"] = GROUP
    for event in (telegram.in_group(address, "hi"), telegram.in_group(address, "/start"), _added_to_a_group(), pressed):
        assert telegram.deliver(event) == 200
    line.settle()
    assert telegram.sent == []
    assert line.rasa.heard == []
    assert line.channels.people.person("telegram", address) is None


@on_telegram
def test_who_wrote_in_private_is_not_heard_in_a_group(line: Line) -> None:
    telegram = line.simulator
    assert isinstance(telegram, Telegram)
    address = line.acquainted()
    assert telegram.deliver(telegram.in_group(address, "my back hurts")) == 200
    telegram.insist(telegram.text(address, "and here?"))
    assert line.texts(address, 1) == ["re and here?"]
    history = line.parts.store.history(line.person(address).conversation.id)
    assert "my back hurts" not in [message.text for message in history]


def _added_to_a_group() -> dict[str, Any]:
    return {"update_id": 1, "my_chat_member": {"chat": GROUP, "date": 0, "new_chat_member": {"status": "member"}}}
