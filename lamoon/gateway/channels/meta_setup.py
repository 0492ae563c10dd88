"""Meta's channels as the settings want them: one app, and an account for each channel that is configured."""

from __future__ import annotations

from lamoon.channel_settings import ChannelSettings
from lamoon.gateway.channels.adapter import Adapter, Built
from lamoon.gateway.channels.instagram import Instagram
from lamoon.gateway.channels.messenger import Messenger
from lamoon.gateway.channels.meta import MetaApp, MetaChannel
from lamoon.gateway.channels.whatsapp import WhatsApp
from lamoon.settings import Secret

SHORTEST_SECRET, SHORTEST_TOKEN = 16, 8
Account = tuple[type[MetaChannel], str, Secret, str, str]
"""Channel, variable and value of its access token, variable and value of its id."""


def build(settings: ChannelSettings) -> Built:
    """The channels of Meta, or what is missing or wrong with their settings."""
    wanted = [account for account in _accounts(settings) if account[2] or account[4]]
    app_problem = _app_problem(settings)
    if not wanted:
        nothing = not settings.meta_app_secret and not settings.meta_verify_token
        return Built() if nothing else Built(problems={"meta": "no channel is set up beside LAMOON_META_APP_SECRET"})
    app = MetaApp(settings.meta_app_secret.reveal(), settings.meta_verify_token.reveal(), settings.meta_api)
    adapters: list[Adapter] = []
    problems = {}
    for account in wanted:
        try:
            adapters.append(_channel(app, account, app_problem))
        except ValueError as error:
            problems[account[0].name] = str(error)
    return Built(adapters, problems)


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
    """Raises ValueError with what is wrong."""
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
