"""The channels: each platform as the settings configure it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lamoon.channels import telegram, twilio
from lamoon.channels.adapter import Adapter, PlatformSetup
from lamoon.channels.messenger import Instagram, Messenger
from lamoon.channels.meta import MetaApp, MetaChannel
from lamoon.channels.whatsapp import WhatsApp
from lamoon.channels.window import AS_USUAL, Windows
from lamoon.environment import Secret
from lamoon.settings import ChannelSettings

SHORTEST_SECRET, SHORTEST_TOKEN = 16, 8
Account = tuple[type[MetaChannel], str, Secret, str, str]
"""Channel, variable and value of its access token, variable and value of its id."""


def build(settings: ChannelSettings) -> PlatformSetup:
    """Meta's channels, or what is missing or wrong in their settings."""
    wanted = [account for account in _accounts(settings) if account[2] or account[4]]
    app_problem = _app_problem(settings)
    if not wanted:
        nothing = not settings.meta_app_secret and not settings.meta_verify_token
        return (
            PlatformSetup()
            if nothing
            else PlatformSetup(problems={"meta": "no channel is set up beside LAMOON_META_APP_SECRET"})
        )
    app = MetaApp(settings.meta_app_secret.reveal(), settings.meta_verify_token.reveal(), settings.meta_api)
    adapters: list[Adapter] = []
    problems = {}
    for account in wanted:
        try:
            adapters.append(_channel(app, account, app_problem))
        except ValueError as error:
            problems[account[0].name] = str(error)
    return PlatformSetup(adapters, problems)


def _accounts(settings: ChannelSettings) -> list[Account]:
    return [
        (WhatsApp, "WHATSAPP_TOKEN", settings.whatsapp_token, "WHATSAPP_NUMBER_ID", settings.whatsapp_number_id),
        (Messenger, "MESSENGER_TOKEN", settings.messenger_token, "MESSENGER_PAGE_ID", settings.messenger_page_id),
        (Instagram, "INSTAGRAM_TOKEN", settings.instagram_token, "INSTAGRAM_ID", settings.instagram_id),
    ]


def _app_problem(settings: ChannelSettings) -> str:
    if len(settings.meta_app_secret.reveal()) < SHORTEST_SECRET:
        return "LAMOON_META_APP_SECRET is missing or too short to be an app secret"
    if len(settings.meta_verify_token.reveal()) < SHORTEST_TOKEN:
        return f"LAMOON_META_VERIFY_TOKEN is missing or shorter than {SHORTEST_TOKEN} signs"
    return ""


def _channel(app: MetaApp, account: Account, app_problem: str) -> MetaChannel:
    """Raises ValueError with the problem."""
    kind, token_name, token, id_name, number = account
    if app_problem:
        raise ValueError(app_problem)
    if not token:
        raise ValueError(f"LAMOON_{token_name} is missing")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(f"LAMOON_{id_name} is missing or not an id: only digits")
    try:
        return kind(app, token.reveal(), number)
    except ValueError as error:
        raise ValueError(f"LAMOON_META_API: {error}") from None


PLATFORMS: Mapping[str, Callable[[ChannelSettings], PlatformSetup]] = {
    "telegram": telegram.build,
    "meta": build,
    "twilio": twilio.build,
}
"""By the last part of the webhook's path."""


@dataclass(frozen=True)
class Channels:
    """The configured channels: by webhook, by channel, and why a channel is off."""

    hosts: Mapping[str, Adapter]
    adapters: Mapping[str, Adapter]
    problems: Mapping[str, str]
    windows: Windows = AS_USUAL


def build_channels(settings: ChannelSettings) -> Channels:
    """All configured channels. Never raises: a problem with one does not stop the others."""
    built = {name: build(settings) for name, build in PLATFORMS.items()}
    wrong: dict[str, str] = {}
    try:
        windows = Windows.of(settings)
    except ValueError as error:
        windows, wrong = AS_USUAL, {"templates": str(error)}
    return Channels(
        {name: found.adapters[0] for name, found in built.items() if found.adapters},
        {adapter.name: adapter for found in built.values() for adapter in found.adapters},
        wrong | {name: problem for found in built.values() for name, problem in found.problems.items()},
        windows,
    )
