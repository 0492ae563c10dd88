"""Which messaging channels there are, and their settings. A field `telegram_token` is the variable LAMOON_TELEGRAM_TOKEN.

They are read as they are written. What is missing or wrong stops that one channel and is told by /health, so it is
looked at where the channel is built (`lamoon.gateway.channels.setup`), never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from lamoon.secret import Secret

UNSET = Secret()
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Channel:
    """A channel: its title at the desk, and how long after a person's last message the platform lets an answer through."""

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
    """All of them. Empty means not set; the addresses of platforms are set for tests only."""

    public_url: str = ""
    telegram_token: Secret = UNSET
    telegram_secret: Secret = UNSET
    telegram_api: str = "https://api.telegram.org"
    meta_app_secret: Secret = UNSET
    meta_verify_token: Secret = UNSET
    meta_api: str = "https://graph.facebook.com/v23.0"
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
    """What `env` says of them; spaces around are no part of a value, and an empty variable counts as not set."""
    found: dict[str, str | Secret] = {}
    for field in fields(ChannelSettings):
        text = env.get(prefix + field.name.upper(), "").strip()
        if text:
            found[field.name] = Secret(text) if isinstance(field.default, Secret) else text
    return ChannelSettings(**found)  # type: ignore[arg-type]
